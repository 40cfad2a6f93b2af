"""Destinations `stream` and `bus` beside a lake: what arrives there, and what an outage repeats."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.deployed.aws_faults import (
    bus_down,
    bus_throttled,
    firehose_down,
    kinesis_down,
    throttle_records,
)
from tests.deployed.bodies import request
from tests.deployed.conftest import BUS_EVENT_TYPE
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.eventually import eventually
from tests.deployed.stream_consumer import AppEvent, parse, read_all

OK = (202, "Accepted")
ENDPOINT = {
    "ChannelType": "GCM",
    "Address": "token",
    "OptOut": "NONE",
    "Demographic": {"Platform": "ANDROID", "Locale": "de_DE"},
    "User": {"UserId": "u-77", "UserAttributes": {"plan": ["pro"]}},
}
SESSION = {"Id": "s-1", "StartTimestamp": "2026-11-25T10:10:00.000Z"}


def event(type_: str = "song.played", **members: Any) -> dict[str, Any]:
    return {
        "EventType": type_,
        "Timestamp": "2026-11-25T10:10:02.123Z",
        "SdkName": "amplify",
        "Session": SESSION,
        **members,
    }


def purchase(total: float) -> dict[str, Any]:
    return event(BUS_EVENT_TYPE, Metrics={"total": total}, Attributes={"plan": "pro"})


@pytest.fixture(name="lake")
def _lake(deployed_lake: Lake) -> Iterator[Lake]:
    yield deployed_lake
    deployed_lake.faults.set()


@pytest.fixture(name="streamed")
def _streamed(lake: Lake, endpoint_id: str) -> Callable[[], list[str]]:
    """The ids of this test's events in the stream, as often as they are there."""
    kinesis, arn = lake.emulator.client("kinesis"), lake.deployment.outputs["EventStreamArn"]

    def ids() -> list[str]:
        records = read_all(kinesis, arn)
        mine = (r for r in records if r["PartitionKey"] == endpoint_id)
        return sorted(json.loads(record["Data"])["event_id"] for record in mine)

    return ids


@pytest.fixture(name="large_purchases")
def _large_purchases(lake: Lake) -> Iterator[Callable[[], list[Any]]]:
    """A rule of docs/actions.md with a numeric filter, and what it brings to a queue."""
    events, sqs = lake.emulator.client("events"), lake.sqs
    name = f"large-{secrets.token_hex(4)}"
    bus = lake.deployment.outputs["EventBusArn"].rpartition("/")[2]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = {
        "source": ["putevents-gateway"],
        "detail-type": [BUS_EVENT_TYPE],
        "detail": {"metrics": {"total": [{"numeric": [">", 100]}]}},
    }
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    target = [{"Id": "queue", "Arn": arn["QueueArn"]}]
    events.put_targets(Rule=name, EventBusName=bus, Targets=target)
    found: list[Any] = []

    def received() -> list[Any]:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    yield received
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=name, EventBusName=bus)


def test_an_event_arrives_in_all_three_and_each_reads_it_as_it_always_did(
    lake: Lake, endpoint_id: str, large_purchases: Callable[[], list[Any]]
) -> None:
    sent = {"played": event(), "small": purchase(99.5), "large": purchase(120.5)}

    answer = lake.put_events(request(endpoint_id, sent, ENDPOINT))

    assert answer.items == dict.fromkeys(sent, OK)
    eventually(lambda: lake.stored(endpoint_id) == dict.fromkeys(sent, 1))
    kinesis, arn = lake.emulator.client("kinesis"), lake.deployment.outputs["EventStreamArn"]
    read = [
        parse(record["Data"])
        for record in read_all(kinesis, arn)
        if record["PartitionKey"] == endpoint_id
    ]
    assert sorted(one.metrics.get("total", 0) for one in read) == [0, 99.5, 120.5]
    [large] = [one for one in read if one.metrics.get("total") == 120.5]
    assert large == AppEvent(
        type=BUS_EVENT_TYPE,
        happened=large.happened,
        arrived=large.arrived,
        version="3.0",
        app=APPLICATION,
        sdk="amplify",
        endpoint_id=endpoint_id,
        platform="android",
        country="DE",
        session="s-1",
        session_started=large.session_started,
        attributes={"plan": "pro"},
        metrics={"total": 120.5},
        channel="GCM",
        user="u-77",
        user_attributes={"plan": ["pro"]},
        opt_out="NONE",
    )
    assert large.happened.isoformat() == "2026-11-25T10:10:02.123000+00:00"
    eventually(lambda: len(large_purchases()) == 1)
    [told] = large_purchases()
    assert (told["source"], told["detail-type"]) == ("putevents-gateway", BUS_EVENT_TYPE)
    assert told["detail"]["event_id"] == "large"
    assert told["detail"]["endpoint"]["User"]["UserId"] == "u-77"


def test_what_the_queue_brings_arrives_in_all_three(
    lake: Lake, endpoint_id: str, streamed: Callable[[], list[str]]
) -> None:
    body = {
        "ApplicationId": APPLICATION,
        "EventsRequest": request(endpoint_id, {"1": event()}, ENDPOINT),
    }
    lake.produce(json.dumps(body))

    eventually(lambda: streamed() == ["1"])
    eventually(lambda: lake.stored(endpoint_id) == {"1": 1})


@pytest.mark.parametrize(
    ("down", "fault"),
    [("stream", kinesis_down()), ("bus", bus_down()), ("lake", firehose_down())],
)
def test_while_one_is_down_each_other_one_has_an_event_once_and_the_queue_holds_it_once(
    lake: Lake,
    endpoint_id: str,
    streamed: Callable[[], list[str]],
    large_purchases: Callable[[], list[Any]],
    down: str,
    fault: dict[str, Any],
) -> None:
    def found() -> dict[str, list[str]]:
        told = (purchase["detail"] for purchase in large_purchases())
        mine = (record for record in told if record["client"]["client_id"] == endpoint_id)
        return {
            "lake": sorted(Counter(lake.stored(endpoint_id)).elements()),
            "stream": streamed(),
            "bus": sorted(record["event_id"] for record in mine),
        }

    eventually(lambda: lake.waiting() == 0)
    once = {name: ["1", "2"] for name in ("lake", "stream", "bus")}
    sent = {id_: purchase(1000.5) for id_ in ("1", "2")}
    with lake.faults.during(fault):
        answer = lake.put_events(request(endpoint_id, sent, ENDPOINT))

        assert answer.items == {"1": OK, "2": OK}
        assert lake.waiting() == 1
        eventually(lambda: lake.faults.hits()[0] >= 3)  # the queue's tries beside the request's
        eventually(lambda: found() == {**once, down: []})
    eventually(lambda: lake.waiting() == 0, 60)
    eventually(lambda: found() == once, 60)
    assert lake.dead_letters() == []


def test_records_that_kinesis_holds_back_are_sent_again_alone(
    lake: Lake, endpoint_id: str, streamed: Callable[[], list[str]]
) -> None:
    ids = [str(number) for number in range(6)]
    with lake.faults.during(throttle_records(2, times=1)):
        answer = lake.put_events(request(endpoint_id, dict.fromkeys(ids, event()), ENDPOINT))

        assert answer.items == dict.fromkeys(ids, OK)
        eventually(lambda: streamed() == ids, 60)
    assert lake.stored(endpoint_id) == dict.fromkeys(ids, 1)


def test_entries_that_eventbridge_holds_back_are_put_again_alone(
    lake: Lake, endpoint_id: str, large_purchases: Callable[[], list[Any]]
) -> None:
    sent = {str(number): purchase(1000 + number) for number in range(4)}
    with lake.faults.during(bus_throttled(2, times=1)):
        answer = lake.put_events(request(endpoint_id, sent, ENDPOINT))

        assert answer.items == dict.fromkeys(sent, OK)
        eventually(lambda: len(large_purchases()) >= 4, 60)
    assert sorted(told["detail"]["event_id"] for told in large_purchases()) == sorted(sent)
    assert lake.stored(endpoint_id) == dict.fromkeys(sent, 1)
