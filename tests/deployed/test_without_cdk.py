"""A released template makes a gateway with plain CloudFormation, without the CDK and its bucket."""

import json
from collections.abc import Iterator

import pytest

from tests.deployed.bodies import EVENT, request
from tests.deployed.deployed_gateway import send
from tests.deployed.deployed_lake import Lake
from tests.deployed.emulator import Emulator
from tests.deployed.plain_stack import PlainStack

APPLICATION = "shop-app"


@pytest.fixture(name="plain", scope="module")
def _plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainStack]:
    """An account in which nothing was ever done, and then a stack of the lake's template."""
    folder = tmp_path_factory.mktemp("plain")
    emulator = Emulator(folder)
    emulator.start(with_parent=True)
    stack = PlainStack(emulator)
    url = stack.upload(folder / "release", "lake", "iam")
    stack.create("Shop-events", url, ApplicationId=APPLICATION, Database="shop_events")
    yield stack
    emulator.stop()


def test_the_first_event_of_a_plain_stack_is_answered_and_in_the_lake(plain: PlainStack) -> None:
    lake = Lake(plain)

    answer = lake.put_events(request("phone", {"1": EVENT}), APPLICATION)

    assert (answer.status, answer.items) == (202, {"1": (202, "Accepted")})
    # The view's text, which CloudFormation has encoded, names the database of the parameter.
    [row] = lake.rows("phone", "application.app_id")
    assert row == {"event_id": "1", "app_id": APPLICATION}


def test_a_plain_stack_lets_nobody_in_and_serves_no_other_application(plain: PlainStack) -> None:
    lake = Lake(plain)

    assert lake.put_events(request("phone", {"1": EVENT}), "other").status == 404
    unsigned = send(f"{plain.api}/v1/apps/{APPLICATION}/events", b"{}")
    assert unsigned.status == 403


def test_what_the_parameters_say_is_what_was_made(plain: PlainStack) -> None:
    assert plain.outputs["LakeDatabase"] == "shop_events"
    assert plain.outputs["LakeWorkGroup"] == "Shop-events"
    streams = plain.resources("KinesisFirehose::DeliveryStream")
    assert f"Shop-events.{APPLICATION}" in [one["PhysicalResourceId"] for one in streams]
    for alarm in plain.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        assert alarm["AlarmActions"] == []


def test_a_parameters_list_and_conditions_are_what_cloudformation_makes_of_them(
    plain: PlainStack,
) -> None:
    # The first stack has set the role; a second one of a company leaves it.
    account = plain.emulator.client("apigateway").get_account()
    other = PlainStack(plain.emulator)
    url = other.upload(plain.emulator.folder / "jwt", "pinpoint", "jwt")
    other.create(
        "Other",
        url,
        ApplicationId=APPLICATION,
        ApiLogRole="existing",
        JwtIssuer="https://login.example.com/",
        JwtAudience="shop,admin",
        PinpointEndpointUrl="https://next.example.com/prod",
    )

    functions = plain.emulator.client("lambda").list_functions()["Functions"]
    variables = [function["Environment"]["Variables"] for function in functions]
    audiences = [one["JWT_AUDIENCE"] for one in variables if "JWT_AUDIENCE" in one]
    assert [json.loads(text) for text in audiences] == [["shop", "admin"]]
    assert other.resources("ApiGateway::Account") == []
    assert (
        plain.emulator.client("apigateway").get_account().get("cloudwatchRoleArn")
        == (account["cloudwatchRoleArn"])
    )
