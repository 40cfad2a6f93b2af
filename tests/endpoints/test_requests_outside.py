"""How many requests a whole gateway makes of AWS, by its destinations and what is known and new.

Each request of every client is counted where botocore would send it. What a destination costs is
written down once: a list of destinations costs the sum, so one beside another adds nothing to it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from time import time_ns
from typing import Any, NamedTuple

import pytest

from putevents.gateway import Gateway
from tests.endpoints.counted_aws import CountedAws, counted_aws
from tests.unit.doors import ENVIRONMENT, Doors, sqs_record

LISTS = ["pinpoint", "lake", "lake,stream", "lake,stream,bus", "pinpoint,stream"]
SETTINGS = {
    "ENDPOINT_TABLE": "endpoints",
    "EVENT_STREAM_PREFIX": "events-",
    "REJECTED_STREAM": "rejected",
    "KINESIS_STREAM_ARN": "arn:aws:kinesis:us-east-1:123456789012:stream/events",
    "EVENT_BUS_ARN": "arn:aws:events:us-east-1:123456789012:event-bus/mine",
    "BUS_EVENT_TYPES": "*",
}
PINPOINT, FIREHOSE = "Pinpoint PutEvents", "Firehose PutRecordBatch"
READ, QUERY, WRITE = "DynamoDB BatchGetItem", "DynamoDB Query", "DynamoDB UpdateItem"
KINESIS, BUS = "Kinesis PutRecords", "AWSEvents PutEvents"
MESSAGE, MESSAGES = "AmazonSQS SendMessage", "AmazonSQS SendMessageBatch"
EVENT = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z"}


class Open:
    """A gateway as its environment makes it, both its doors, and what AWS was asked."""

    def __init__(self, aws: CountedAws) -> None:
        self.aws, self._doors = aws, Doors(None, None)
        self._doors._open(Gateway.load())

    def put(self, batch_item: Any) -> None:
        """PutEvents, of which each part is answered 202."""
        for item in self._doors.put_events({"BatchItem": batch_item}).values():
            told = [item["EndpointItemResponse"], *item["EventsItemResponse"].values()]
            assert {answer["StatusCode"] for answer in told} == {202}

    def update(self, batch_item: Any) -> None:
        """UpdateEndpoint."""
        [(id_, batch)] = batch_item.items()
        path = f"/v1/apps/my-app/endpoints/{id_}"
        assert self._doors.call("PUT", path, batch["Endpoint"])[0] == 202

    def bring(self, batch_item: Any) -> None:
        """One batch of the queue, with a message an endpoint, all of now."""
        records = []
        for id_, batch in batch_item.items():
            body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": {id_: batch}}}
            records.append(sqs_record(body, id_, sent=time_ns() // 1_000_000))
        assert self._doors.stay(*records) == []


@pytest.fixture(name="gateway")
def _gateway(destinations: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    for name, value in (ENVIRONMENT | SETTINGS | {"DESTINATION": destinations}).items():
        monkeypatch.setenv(name, value)
    with counted_aws() as aws:
        yield Open(aws)


def phones(first: int, count: int = 1, events: int = 1, plan: str = "pro", **members: Any) -> Any:
    """Endpoints with a user and an address of their own, as real clients send them."""
    batch_item = {}
    for number in range(first, first + count):
        user = {"UserId": f"user-{number}", "UserAttributes": {"plan": [plan]}}
        endpoint = {"ChannelType": "GCM", "Address": f"token-{number}", "User": user, **members}
        sent = {f"{number}-{n}": EVENT for n in range(events)}
        batch_item[f"phone-{number}"] = {"Endpoint": endpoint, "Events": sent}
    return batch_item


class Lake(NamedTuple):
    """Requests of its two services."""

    read: int
    query: int
    write: int
    firehose: int


class Step(NamedTuple):
    """What is sent after the steps before it, and what that asks of each destination."""

    name: str
    sent: Any
    pinpoint: int
    lake: Lake
    stream: int
    bus: int
    door: Callable[[Open, Any], None] = Open.put

    def cost(self, destinations: str) -> dict[str, int]:
        """What it asks of AWS if these are the destinations; nothing else is asked."""
        lake = zip((READ, QUERY, WRITE, FIREHOSE), self.lake, strict=True)
        costs = {
            "pinpoint": {PINPOINT: self.pinpoint},
            "lake": dict(lake),
            "stream": {KINESIS: self.stream},
            "bus": {BUS: self.bus},
        }
        asked = [item for name in destinations.split(",") for item in costs[name].items()]
        return {call: count for call, count in asked if count}


SILENT = {"phone-0": {"Endpoint": {}, "Events": {"1": EVENT}}}
STORY = [
    Step("a new endpoint", phones(0), 1, Lake(1, 2, 2, 1), 1, 1),
    Step("known, nothing new", phones(0), 1, Lake(1, 0, 1, 1), 1, 1),
    Step("known, says nothing", SILENT, 1, Lake(2, 0, 0, 1), 1, 1),
    Step("10 events", phones(0, events=10), 1, Lake(1, 0, 1, 1), 1, 1),
    Step("100 events", phones(0, events=100), 1, Lake(1, 0, 1, 1), 1, 10),
    Step("an attribute", phones(0, Attributes={"a": ["1"]}), 1, Lake(1, 0, 1, 1), 1, 1),
    Step("a user's attribute", phones(0, plan="free"), 1, Lake(1, 1, 2, 1), 1, 1),
    Step("an address", phones(0, plan="free", Address="new"), 1, Lake(1, 1, 1, 1), 1, 1),
    # What the endpoint only noted of its former user is written to that user.
    Step("a user", phones(0, User={"UserId": "new"}, Address="new"), 1, Lake(2, 1, 2, 1), 1, 1),
    Step("UpdateEndpoint, new", phones(1), 1, Lake(1, 2, 2, 0), 0, 0, Open.update),
    Step("UpdateEndpoint, known", phones(1), 1, Lake(1, 0, 1, 0), 0, 0, Open.update),
    Step("10 messages, new", phones(10, 10, 10), 1, Lake(1, 20, 20, 1), 1, 10, Open.bring),
    Step("10 messages, known", phones(10, 10, 10), 1, Lake(1, 0, 10, 1), 1, 10, Open.bring),
    Step("100 new endpoints", phones(100, 100), 1, Lake(2, 200, 200, 1), 1, 10),
    Step("100 known endpoints", phones(100, 100), 1, Lake(2, 0, 100, 1), 1, 10),
]


@pytest.mark.parametrize("destinations", LISTS)
def test_a_request_asks_of_aws(gateway: Open, destinations: str) -> None:
    asked: dict[str, dict[str, int]] = {}
    for step in STORY:
        gateway.aws.calls = Counter()
        step.door(gateway, step.sent)
        asked[step.name] = dict(gateway.aws.calls)

    assert asked == {step.name: step.cost(destinations) for step in STORY}


@pytest.mark.parametrize(
    ("destinations", "down", "asked"),
    [
        ("pinpoint", {PINPOINT}, {PINPOINT: 2, MESSAGE: 1}),
        ("pinpoint,stream", {PINPOINT}, {PINPOINT: 2, KINESIS: 1, MESSAGE: 1}),
        ("pinpoint,stream", {KINESIS}, {PINPOINT: 1, KINESIS: 2, MESSAGE: 1}),
        ("pinpoint,stream", {PINPOINT, KINESIS}, {PINPOINT: 2, KINESIS: 2, MESSAGES: 1}),
        ("lake,stream,bus", {READ}, {READ: 2, MESSAGE: 1}),
        ("lake", {FIREHOSE}, {READ: 1, WRITE: 1, FIREHOSE: 2, MESSAGE: 1}),
        ("lake,stream", {KINESIS}, {READ: 1, WRITE: 1, FIREHOSE: 1, KINESIS: 2, MESSAGE: 1}),
        (
            "lake,stream,bus",
            {KINESIS, BUS},
            {READ: 1, WRITE: 1, FIREHOSE: 1, KINESIS: 2, BUS: 2, MESSAGES: 1},
        ),
    ],
)
def test_a_service_that_is_down_is_asked_twice_and_the_queue_once(
    gateway: Open, down: set[str], asked: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    gateway.put(phones(0))
    gateway.aws.calls, gateway.aws.down = Counter(), down
    gateway.put(phones(0))

    assert gateway.aws.calls == asked
