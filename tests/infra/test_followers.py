"""Destinations after the first in the template: stream, bus, who may write, what is told."""

import json
from typing import Any

import pytest

from infra.deploy_settings import DeploySettings, DeploySettingsError
from infra.event_bus import WRITE_CALLS as BUS_CALLS
from infra.event_stream import WRITE_CALLS as STREAM_CALLS
from infra.trim import OPERATIONS
from putevents.settings import BusSettings, Settings, StreamSettings
from tests.infra.conftest import Deploy
from tests.infra.nag import findings
from tests.infra.synthesis import FORWARDING, Deployment, listed, text
from tests.infra.test_contract import environment

DOORS = ("api", "queue")
STREAM_ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/kept-events"
BUS_ARN = "arn:aws:events:eu-west-1:123456789012:event-bus/kept-bus"
TYPES = "checkout_done,_session.start"


@pytest.fixture(name="both", scope="module")
def _both(deploy: Deploy) -> Deployment:
    return deploy(destination="lake,stream,bus", busEventTypes=TYPES)


def variables(deployment: Deployment, door: str) -> dict[str, str]:
    """A function's environment as the code reads it, references as texts."""
    given = deployment.function(door)["Environment"]["Variables"]
    return {name: text(value) for name, value in given.items()}


@pytest.mark.parametrize("door", DOORS)
def test_the_functions_may_put_into_that_stream_and_on_that_bus_and_nothing_else(
    both: Deployment, door: str
) -> None:
    told = variables(both, door)

    assert both.allowed(door, "kinesis") == {("kinesis:PutRecords", told["KINESIS_STREAM_ARN"])}
    assert both.allowed(door, "events") == {("events:PutEvents", told["EVENT_BUS_ARN"])}
    assert "*" not in told["KINESIS_STREAM_ARN"] + told["EVENT_BUS_ARN"]


def test_the_roles_allow_the_calls_that_are_packaged() -> None:
    assert {f"kinesis:{call}" for call in OPERATIONS["kinesis"]} == set(STREAM_CALLS)
    assert {f"events:{call}" for call in OPERATIONS["events"]} == set(BUS_CALLS)


@pytest.mark.parametrize("door", DOORS)
def test_the_code_reads_what_the_template_tells(deploy: Deploy, door: str) -> None:
    kept = deploy(
        destination="lake,stream,bus", busEventTypes=TYPES,
        existingEventStream=STREAM_ARN, existingEventBus=BUS_ARN,
    )  # fmt: skip
    told = environment(kept, door)

    assert told["DESTINATION"] == "lake,stream,bus"
    assert StreamSettings.load(told).kinesis_stream_arn == STREAM_ARN
    assert BusSettings.load(told).event_bus_arn == BUS_ARN
    assert BusSettings.load(told).bus_event_types == ("checkout_done", "_session.start")
    assert "EVENT_BUS_ARN" not in Settings.model_fields


def test_a_stream_of_the_stacks_own_grows_by_itself_and_is_encrypted(both: Deployment) -> None:
    stream = both.one("Kinesis::Stream")

    assert stream["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert stream["RetentionPeriodHours"] == 24
    assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    # A name of its own would let no update replace it.
    assert "Name" not in stream


def test_a_bus_of_the_stacks_own_has_the_stacks_name(deploy: Deploy) -> None:
    deployment = deploy(destination="lake,bus", busEventTypes="*", stackName="Events-staging")

    assert deployment.one("Events::EventBus")["Name"] == "Events-staging"


def test_what_exists_is_used_as_it_is(deploy: Deploy) -> None:
    kept = deploy(
        destination="lake,stream,bus", busEventTypes="*", encryption="customer",
        existingEventStream=STREAM_ARN, existingEventBus="default",
    )  # fmt: skip

    assert kept.all("Kinesis::Stream") == kept.all("Events::EventBus") == []
    assert "'kinesis.'" not in str(kept.one("KMS::Key"))
    assert kept.allowed("api", "kinesis") == {("kinesis:PutRecords", STREAM_ARN)}
    [(_, bus)] = kept.allowed("api", "events")
    assert bus == "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:event-bus/default"


def test_the_customers_key_encrypts_both_and_lets_the_functions_write(deploy: Deploy) -> None:
    own = deploy(destination="lake,stream,bus", busEventTypes="*", encryption="customer")
    [key] = [n for n, r in own.template["Resources"].items() if r["Type"] == "AWS::KMS::Key"]
    statements = own.one("KMS::Key")["KeyPolicy"]["Statement"]
    of_functions = [s for s in statements if "'kinesis.'" in str(s.get("Condition"))]
    [of_bus] = [s for s in statements if "events.amazonaws.com" in str(s["Principal"])]

    assert text(own.one("Kinesis::Stream")["StreamEncryption"]["KeyId"]) == f"<{key}.Arn>"
    assert text(own.one("Events::EventBus")["KmsKeyIdentifier"]) == f"<{key}.Arn>"
    assert {a for s in of_functions for a in listed(s["Action"])} == {"kms:GenerateDataKey"}
    who = {text(w) for s in of_functions for w in listed(s["Principal"]["AWS"])}
    assert who == {f"<{own.function(d)['Role']['Fn::GetAtt'][0]}.Arn>" for d in DOORS}
    context = of_bus["Condition"]["StringEquals"]["kms:EncryptionContext:aws:events:event-bus:arn"]
    assert text(context).endswith(":event-bus/PutEventsGateway")


@pytest.mark.parametrize(("policy", "kept"), [("destroy", "Delete"), ("retain", "Retain")])
def test_they_go_with_the_stack_unless_they_are_to_be_retained(
    deploy: Deploy, policy: str, kept: str
) -> None:
    deployment = deploy(destination="lake,stream,bus", busEventTypes="*", removalPolicy=policy)
    resources = deployment.template["Resources"].values()
    types = ("AWS::Kinesis::Stream", "AWS::Events::EventBus")

    assert {r["DeletionPolicy"] for r in resources if r["Type"] in types} == {kept}


def test_records_that_are_held_back_ring_and_are_drawn(both: Deployment, deploy: Deploy) -> None:
    def throttles(deployment: Deployment) -> list[Any]:
        alarms = deployment.all("CloudWatch::Alarm")
        return [a for a in alarms if a.get("MetricName") == "PutRecords.ThrottledRecords"]

    [alarm] = throttles(both)
    assert alarm["Namespace"] == "AWS/Kinesis"
    [dimension] = alarm["Dimensions"]
    assert dimension["Name"] == "StreamName"
    assert "held back" in alarm["AlarmDescription"]
    assert "PutRecords.ThrottledRecords" in text(both.one("CloudWatch::Dashboard")["DashboardBody"])
    [of_kept] = throttles(deploy(destination="lake,stream", existingEventStream=STREAM_ARN))
    assert of_kept["Dimensions"] == [{"Name": "StreamName", "Value": "kept-events"}]
    assert throttles(deploy()) == []


def test_who_reads_the_stream_and_makes_rules_finds_both(both: Deployment) -> None:
    told = variables(both, "api")

    assert text(both.outputs["EventStreamArn"]) == told["KINESIS_STREAM_ARN"]
    assert text(both.outputs["EventBusArn"]) == told["EVENT_BUS_ARN"]


def test_a_gateway_that_forwards_has_followers_too(deploy: Deploy) -> None:
    deployment = deploy(**FORWARDING | {"destination": "pinpoint,stream"})

    assert variables(deployment, "queue")["DESTINATION"] == "pinpoint,stream"
    assert deployment.all("DynamoDB::Table") == []
    assert deployment.allowed("queue", "kinesis")


def test_a_lake_that_also_forwards_has_both(deploy: Deploy) -> None:
    deployment = deploy(**FORWARDING | {"destination": "lake,pinpoint"})
    told = variables(deployment, "api")

    assert told["AWS_ENDPOINT_URL_PINPOINT"] == FORWARDING["pinpointEndpointUrl"]
    assert told["ENDPOINT_TABLE"]


def test_nag_finds_nothing(both: Deployment) -> None:
    assert findings(both.stack) == []


def test_the_environment_is_small_enough_with_all_that_may_be_long(deploy: Deploy) -> None:
    ids = [f"{number:032x}" for number in range(40)]
    full = deploy(
        destination="lake,stream,bus,pinpoint",
        applicationIds=ids,
        busEventTypes=["x" * (1600 - len(",".join(ids)))],
        pinpointEndpointUrl=f"https://{'a' * 60}.{'b' * 60}.example/{'c' * 57}",
        existingEventStream=f"arn:aws:kinesis:eu-west-1:123456789012:stream/{'s' * 128}",
        existingEventBus=f"arn:aws:events:eu-west-1:123456789012:event-bus/{'b' * 256}",
        corsOrigins=[f"https://{'o' * 485}.dev"],
        corsHeaders=["h" * 200],
    )

    for door in DOORS:
        assert len(json.dumps(full.function(door)["Environment"])) < 4096


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"destination": "stream"}, "destination"),
        ({"destination": "bus,lake"}, "destination"),
        ({"destination": "lake,lake"}, "destination"),
        ({"destination": "lake,stream,stream"}, "destination"),
        ({"destination": "pinpoint,lake", **{"pinpointEndpointUrl": "aws"}}, "destination"),
        ({"destination": "lake,local"}, "destination"),
        ({"destination": "lake,pinpoint"}, "pinpointEndpointUrl"),
        ({"destination": "lake,bus"}, "busEventTypes"),
        ({"busEventTypes": "*,checkout"}, "busEventTypes"),
        ({"busEventTypes": ["a,b"]}, "busEventTypes"),
        ({"busEventTypes": [" a"]}, "busEventTypes"),
        ({"busEventTypes": ["k\N{LATIN SMALL LETTER A WITH DIAERESIS}ufe"]}, "busEventTypes"),
        ({"busEventTypes": ["x" * 2495]}, "busEventTypes"),
        (
            {"destination": "lake,stream", "applicationIds": "x," * 40 + "y" * 2300},
            "applicationIds",
        ),
        ({"existingEventStream": "kept-events"}, "existingEventStream"),
        ({"existingEventStream": f"{STREAM_ARN}/consumer/a"}, "existingEventStream"),
        ({"existingEventStream": STREAM_ARN, "eventStreamHours": 48}, "eventStreamHours"),
        ({"eventStreamHours": 23}, "eventStreamHours"),
        ({"existingEventBus": "my bus"}, "existingEventBus"),
        ({"existingEventBus": BUS_ARN.replace("events:", "sns:")}, "existingEventBus"),
    ],
)
def test_a_wrong_setting_stops_with_one_sentence_about_it(
    options: dict[str, Any], named: str
) -> None:
    with pytest.raises(DeploySettingsError, match=f"^The deploy setting {named} is "):
        DeploySettings.from_context({"applicationIds": "my-app"} | options)


def test_hours_of_a_stream_that_is_not_the_stacks_are_told_apart_from_wrong_hours() -> None:
    given = {"applicationIds": "my-app", "existingEventStream": STREAM_ARN, "eventStreamHours": 48}
    with pytest.raises(DeploySettingsError, match="24 with existingEventStream"):
        DeploySettings.from_context(given)


@pytest.mark.parametrize("types", [["a b"], ["a:b/c?d"], ["*"], ["a*b", "**"]])
def test_an_event_type_may_hold_what_is_visible(types: list[str]) -> None:
    given = {"applicationIds": "my-app", "destination": "lake,bus", "busEventTypes": types}
    assert DeploySettings.from_context(given).bus_event_types == tuple(types)
