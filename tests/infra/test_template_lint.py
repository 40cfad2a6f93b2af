"""cfn-lint and the CDK find nothing with any value of a setting, for any region."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, CfnResource, Stack
from aws_cdk.assertions import Template

from infra.budget import WITHOUT_BUDGETS
from tests.infra.conftest import Deploy
from tests.infra.setting_matrix import every_value, name
from tests.infra.synthesis import CONTEXT, Deployment
from tests.infra.template_lint import IGNORED, all_findings, findings, is_ignored


def test_nothing_is_found_with_any_value(tmp_path: Path) -> None:
    (tmp_path / "empty.py").touch()
    # A synth that breaks a rule of the CDK fails.
    found = {name(v): findings(Deployment(tmp_path, v).template) for v in every_value()}

    assert {variant: told for variant, told in found.items() if told} == {}


def test_the_cdk_finds_a_mistake() -> None:
    stack = Stack(App(context=CONTEXT), "Careless")
    CfnResource(stack, "Wrong", type="AWS::SQS::Queue", properties={"VisibilityTimeOut": 3})

    with pytest.raises(RuntimeError, match="VisibilityTimeOut"):
        Template.from_stack(stack)


@pytest.mark.parametrize(
    ("type_", "change", "rule"),
    [
        pytest.param("SQS::Queue", {"VisibilityTimeOut": 3}, "E3002", id="an unknown property"),
        pytest.param("Lambda::Function", {"Runtime": "python3.7"}, "E2531", id="an old runtime"),
        pytest.param("S3::Bucket", {"BucketName": "A_B"}, "E3031", id="a name that S3 rejects"),
    ],
)
def test_a_mistake_is_found(deploy: Deploy, type_: str, change: dict[str, Any], rule: str) -> None:
    properties = deploy(destination="lake").all(type_)[0] | change
    alone = {"Resources": {"Alone": {"Type": f"AWS::{type_}", "Properties": properties}}}

    assert rule in {rule for rule, _ in findings(alone)}


@pytest.fixture(name="ignored", scope="module")
def _ignored(deploy: Deploy) -> list[tuple[str, str]]:
    options = {"snapStart": "true", "monthlyBudgetUsd": 25, "alarmEmail": "ops@example.com"}
    return [found for found in all_findings(deploy(**options).template) if is_ignored(*found)]


def test_what_is_ignored_is_still_there(ignored: list[tuple[str, str]]) -> None:
    assert {rule for rule, _ in ignored} == IGNORED.keys(), "what is gone need not be ignored"


def test_synth_stops_in_every_region_without_budgets(ignored: list[tuple[str, str]]) -> None:
    regions = {text.split("'")[-2] for rule, text in ignored if rule == "E3006"}

    assert regions == WITHOUT_BUDGETS


def test_a_budget_that_could_be_nowhere_is_not_ignored() -> None:
    assert not is_ignored("E3006", "Resources/Budget/Type: Resource type 'AWS::Budgets::Budget' "
                          "does not exist in 'us-east-1'")  # fmt: skip
