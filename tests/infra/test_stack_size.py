"""A stack that CloudFormation would not take stops synth with a sentence."""

from pathlib import Path

import pytest
from aws_cdk import App

import app as cdk_app
from infra.stack_size import MAX_RESOURCES, StackSizeError, check_size
from tests.infra.conftest import Deploy
from tests.infra.synthesis import CONTEXT, Deployment

IDS = [f"app-{number}" for number in range(75)]
READERS = [f"arn:aws:iam::123456789012:role/{number}" for number in range(10)]
# Every setting that adds resources, and most of each.
LARGEST = {
    "destination": "lake,stream,bus",
    "busEventTypes": "*",
    "applicationIds": IDS,
    "quietAlarmHours": 24,
    "lakeFormation": True,
    "lakeReaders": READERS,
    "corsOrigins": ["https://app.example.com"],
    "endpointReads": True,
    "tracing": "stage",
    "snapStart": True,
    "tableBackupDays": 7,
    "alarmEmail": "ops@example.com",
    "monthlyBudgetUsd": 5,
    "domainName": "events.example.com",
    "certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/12345678",
    "hostedZoneId": "Z0123456789ABCDEFGHIJ",
}


def test_the_largest_settings_together_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package := tmp_path / "package").mkdir()
    (package / "empty.py").touch()
    monkeypatch.setattr(cdk_app, "bundle", lambda *_: package)
    app = App(context={**CONTEXT, **LARGEST}, outdir=str(tmp_path / "out"))

    with pytest.raises(SystemExit) as exit_:
        cdk_app.add_stack(app)

    sentence = str(exit_.value.code)
    assert sentence.startswith("This stack would have 5")
    assert f"resources, CloudFormation takes {MAX_RESOURCES}: set quietAlarmHours to 0" in sentence
    assert "\n" not in sentence


def test_what_is_counted_is_what_the_template_has(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = deploy(**{**LARGEST, "applicationIds": IDS[:50]})
    count = len(large.template["Resources"])
    check_size(large.stack)

    monkeypatch.setattr("infra.stack_size.MAX_RESOURCES", count)
    check_size(large.stack)
    monkeypatch.setattr("infra.stack_size.MAX_RESOURCES", count - 1)
    with pytest.raises(StackSizeError, match=f"would have {count} resources"):
        check_size(large.stack)


def test_what_the_sentence_says_to_reduce_is_so_many_resources(deploy: Deploy) -> None:
    def count(**options: object) -> int:
        deployment: Deployment = deploy(**{**LARGEST, "applicationIds": IDS[:3], **options})
        return len(deployment.template["Resources"])

    all_of_it = count()
    assert all_of_it - count(quietAlarmHours=0) == 3
    assert all_of_it - count(lakeReaders=READERS[1:]) == 5
    assert count(quietAlarmHours=0) - count(quietAlarmHours=0, applicationIds=IDS[:2]) == 4
