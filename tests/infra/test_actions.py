"""The push of docs/actions.md, as it is written there, is a stack that AWS would take."""

import json
import re
import textwrap
from typing import Any

import pytest
from aws_cdk import App, Aws, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from aws_cdk.assertions import Template

from tests.infra.synthesis import ROOT, text
from tests.infra.template_lint import all_findings

PAGE = (ROOT / "docs/actions.md").read_text()
BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/PutEventsGateway"


@pytest.fixture(name="template", scope="module")
def _template() -> dict[str, Any]:
    """The template of a stack whose constructor is the page's code."""
    found = re.search(r"<!-- push -->\n```python\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert len(textwrap.dedent(found[1]).splitlines()) <= 11
    stack = Stack(App(), "Push")
    names = {
        "Aws": Aws, "events": events, "targets": targets, "sfn": sfn, "tasks": tasks, "self": stack,
        "event_bus_arn": BUS, "push_application": "0123456789abcdef0123456789abcdef",
    }  # fmt: skip
    exec(found[1], names)  # noqa: S102 # our own page
    return dict(Template.from_stack(stack).to_json())


def one(template: dict[str, Any], type_: str) -> dict[str, Any]:
    [found] = [r for r in template["Resources"].values() if r["Type"] == f"AWS::{type_}"]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_the_rule_is_on_the_gateways_bus_and_starts_the_state_machine(
    template: dict[str, Any],
) -> None:
    rule = one(template, "Events::Rule")

    assert rule["EventBusName"] == "PutEventsGateway"
    assert rule["EventPattern"]["source"] == ["putevents-gateway"]
    assert rule["EventPattern"]["detail-type"] == ["_monetization.purchase"]
    assert len(rule["Targets"]) == 1


def test_the_state_machine_sends_to_the_endpoints_address(template: dict[str, Any]) -> None:
    machine = one(template, "StepFunctions::StateMachine")
    state = json.loads(text(machine["DefinitionString"]))["States"]["Send"]
    request = state["Arguments"]["MessageRequest"]

    assert state["Resource"].endswith(":states:::aws-sdk:pinpoint:sendMessages")
    assert state["QueryLanguage"] == "JSONata"
    assert "$states.input.detail.endpoint.Address" in request["Addresses"]
    assert {*request["MessageConfiguration"]} == {"APNSMessage", "GCMMessage"}


def test_it_may_send_messages_of_that_application_and_nothing_else(
    template: dict[str, Any],
) -> None:
    statements = [
        (s["Action"], text(s["Resource"]))
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy"
        for s in resource["Properties"]["PolicyDocument"]["Statement"]
        if "states:" not in str(s["Action"])
    ]

    assert statements == [
        (
            "mobiletargeting:SendMessages",
            "arn:<AWS::Partition>:mobiletargeting:<AWS::Region>:<AWS::AccountId>:apps/"
            "0123456789abcdef0123456789abcdef/messages",
        )
    ]


def test_cfn_lint_finds_nothing(template: dict[str, Any]) -> None:
    # For every region; what has no Step Functions in JSONata would be found.
    assert [found for found in all_findings(template) if found[0].startswith("E")] == []
