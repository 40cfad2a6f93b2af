"""The gateway is a stack in anybody's CDK app, whatever flags and context that app has."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stage

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.gateway_stack import FLAGS, gateway_stack
from infra.stack import PutEventsStack
from tests.infra.synthesis import CONTEXT, ROOT

OWN_APP = Path(__file__).with_name("own_app.py")


def test_somebody_elses_app_has_the_gateway_as_a_stack(tmp_path: Path) -> None:
    script = shutil.copyfile(OWN_APP, tmp_path / "app.py")
    text = script.read_text().replace("Path(__file__).parents[2]", f"Path({str(ROOT)!r})")
    script.write_text(text)
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("AWS_", "CDK_"))}
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "out/ShopEvents.template.json").read_text())
    functions = [r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
    assert len(functions) == 3  # both doors, and the authorizer
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    stack = manifest["artifacts"]["ShopEvents"]
    assert stack["properties"]["stackName"] == "shop-events"
    assert stack["environment"] == "aws://111122223333/eu-west-1"
    # What a company gives each of its stacks.
    assert template["Description"] == "Events of the shop"
    assert stack["properties"]["tags"] == {"putevents-gateway": "shop-events", "team": "shop"}
    assert "cdk-shop-deploy-role" in stack["properties"]["assumeRoleArn"]
    roles = [r for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    assert roles
    for role in roles:
        assert "policy/shop-boundary" in json.dumps(role["Properties"]["PermissionsBoundary"])
    shop = (tmp_path / "out/Shop.template.json").read_text()
    assert "sqs:SendMessage" in shop


# Each has constructs that feature flags of the CDK change.
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"auth": "cognito", "userPoolId": "eu-west-1_aBcDeFgHi", "corsOrigins": "*"},
        {
            "destination": "lake,stream,bus",
            "busEventTypes": "*",
            "encryption": "customer",
            "alarmEmail": "ops@example.com",
            "tracing": "stage",
            "snapStart": "true",
            "waf": "true",
            "endpointReads": "true",
        },
    ],
)
def test_the_template_is_the_same_whatever_flags_the_app_has(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "empty").touch()
    flags = {name: flag for name, flag in CONTEXT.items() if ":" in name}

    def made(context: dict[str, Any], own: dict[str, Any]) -> Any:
        app = App(context=context)
        given = DeploySettings.from_context({"applicationIds": "a", **settings})
        PutEventsStack(app, "Events", settings=given, package=package, flags=own)
        return app.synth().get_stack_by_name(given.stack_name).template

    assert made({}, FLAGS) == made(flags, {})


def test_the_context_of_the_app_is_not_read_and_a_wrong_setting_is_a_sentence() -> None:
    app = App(context={"applicationIds": ["theirs"], "auth": "none"})

    with pytest.raises(DeploySettingsError, match="The deploy setting auth is 'oauth', but must"):
        gateway_stack(app, "Events", application_ids=["mine"], auth="oauth")
    with pytest.raises(DeploySettingsError, match="The deploy setting application_ids is ''"):
        gateway_stack(app, "Events")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("cors_orgins", " Did you mean cors_origins?"),
        ("corsOrigins", " Did you mean cors_origins?"),
        ("team", ""),
    ],
)
def test_a_name_that_is_no_setting_is_told_in_pythons_spelling(name: str, meant: str) -> None:
    settings: dict[str, Any] = {"application_ids": ["mine"], name: ["https://example.com"]}
    with pytest.raises(DeploySettingsError) as caught:
        gateway_stack(App(), "Events", **settings)

    sentence = f"There is no deploy setting {name}.{meant} docs/settings.md lists all of them."
    assert str(caught.value) == sentence


def test_a_sentence_names_other_settings_in_pythons_spelling_and_keeps_the_value() -> None:
    """The same for each setting; here one whose value is another setting's name."""
    with pytest.raises(DeploySettingsError) as caught:
        gateway_stack(App(), "Events", application_ids=["a"], certificate_arn="domainName")

    assert str(caught.value) == (
        "The deploy setting certificate_arn is 'domainName', but must be the ARN of a certificate "
        "for domain_name, from ACM in the region of the stack; domain_name needs it."
    )
    aliases = {field.alias for field in DeploySettings.model_fields.values()}
    for field in DeploySettings.model_fields.values():
        for alias in re.findall(r"\w+", DeploySettings.in_snake_case(field.description or "")):
            assert alias.islower() or alias not in aliases


def test_what_the_size_of_a_stack_says_is_in_pythons_spelling() -> None:
    sentence = DeploySettings.in_snake_case("set quietAlarmHours to 0 or name fewer lakeReaders")

    assert sentence == "set quiet_alarm_hours to 0 or name fewer lake_readers"


HERE = Environment(account="111122223333", region="eu-west-1")
THERE = Environment(account="111122223333", region="eu-west-2")


@pytest.mark.parametrize(
    ("first", "second", "names", "is_one"),
    [
        (None, None, ("a", "a"), True),
        (HERE, HERE, ("a", "a"), True),
        (None, HERE, ("a", "a"), True),
        (HERE, HERE, ("a", "b"), False),
        (HERE, THERE, ("a", "a"), False),
    ],
)
def test_two_gateways_of_one_name_and_place_are_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: Environment | None,
    second: Environment | None,
    names: tuple[str, str],
    is_one: bool,
) -> None:
    (tmp_path / "empty").touch()
    monkeypatch.setattr("infra.gateway_stack.bundle", lambda *_, **__: tmp_path)
    app = App()
    gateway_stack(app, "A", env=first, stack_name=names[0], application_ids=["a"])

    with pytest.raises(DeploySettingsError, match="A and B") if is_one else nullcontext():
        gateway_stack(app, "B", env=second, stack_name=names[1], application_ids=["b"])


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [(HERE, THERE, False), (HERE, HERE, True), (None, None, False)],
)
def test_stages_have_gateways_of_one_name_in_places_of_their_own(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: Environment | None,
    second: Environment | None,
    is_one: bool,
) -> None:
    (tmp_path / "empty").touch()
    monkeypatch.setattr("infra.gateway_stack.bundle", lambda *_, **__: tmp_path)
    app = App()
    gateway_stack(Stage(app, "Test", env=first), "A", application_ids=["a"])

    with pytest.raises(DeploySettingsError, match="A and Live/A") if is_one else nullcontext():
        gateway_stack(Stage(app, "Live", env=second), "A", application_ids=["a"])
