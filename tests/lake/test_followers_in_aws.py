"""The code of `stream` and `bus` in this process, against Kinesis and EventBridge, emulated."""

import json
import secrets
from typing import Any

import pytest

from putevents.destinations.bus import BusDestination
from putevents.destinations.stream import StreamDestination
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import Event, ValidBatch
from tests.deployed.aws_faults import Faults, bus_throttled, kinesis_down, throttle_records
from tests.deployed.emulator import Emulator
from tests.deployed.stream_consumer import parse, read_all
from tests.lake.conftest import clients_of
from tests.unit.part_service import final

ARRIVAL = Arrival("request", 1_764_054_000_000)
IDS = [str(number) for number in range(6)]
EVENT = Event(
    EventType="buy",
    Timestamp="2026-01-02T03:04:05Z",
    SdkName="sdk",
    Session={"Id": "s", "StartTimestamp": "2026-01-02T03:04:00Z"},
)
STORED: Any = {
    "Id": "phone",
    "ChannelType": "GCM",
    "OptOut": "NONE",
    "Demographic": {"Platform": "ANDROID", "Locale": "en_US"},
    "User": {"UserId": "u", "UserAttributes": {"plan": ["pro"]}},
}


@pytest.fixture(name="stream")
def _stream(aws: Emulator) -> StreamDestination:
    name = f"stream-{secrets.token_hex(4)}"
    kinesis = aws.client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=2)
    with clients_of(aws) as patch:
        described = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
        patch.setenv("KINESIS_STREAM_ARN", described["StreamARN"])
        return StreamDestination()


@pytest.fixture(name="faults")
def _faults(aws: Emulator) -> Any:
    faults = Faults(aws)
    yield faults
    faults.set()


def deliver(destination: Any, ids: list[str] = IDS) -> list[str]:
    """The ids that were confirmed."""
    batch = {"phone": ValidBatch(None, dict.fromkeys(ids, EVENT), stored=STORED)}
    answers = destination.deliver("my-app", batch, {"phone": ARRIVAL}, TimeLeft())
    return list(final(answers["phone"]["EventsItemResponse"]))


def test_a_consumer_of_pinpoints_stream_reads_every_record(
    aws: Emulator, stream: StreamDestination
) -> None:
    assert deliver(stream) == IDS

    read = [parse(record["Data"]) for record in read_all(aws.client("kinesis"), stream._arn)]

    assert len(read) == len(IDS)
    assert {(e.channel, e.user, e.platform, e.country) for e in read} == {
        ("GCM", "u", "android", "US")
    }


def test_what_is_confirmed_is_in_the_stream_and_nothing_else(
    aws: Emulator, stream: StreamDestination, faults: Faults
) -> None:
    with faults.during(throttle_records(3)):
        told = deliver(stream)
    with faults.during(kinesis_down()):
        assert deliver(stream, ["down"]) == []

    records = read_all(aws.client("kinesis"), stream._arn)
    assert sorted(json.loads(r["Data"])["event_id"] for r in records) == sorted(told)
    assert len(told) == 4


def test_what_is_confirmed_is_on_the_bus_and_nothing_else(aws: Emulator, faults: Faults) -> None:
    name = f"bus-{secrets.token_hex(4)}"
    events, sqs = aws.client("events"), aws.client("sqs")
    arn = events.create_event_bus(Name=name)["EventBusArn"]
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    pattern = json.dumps({"source": ["putevents-gateway"]})
    events.put_rule(Name=name, EventBusName=name, EventPattern=pattern)
    target = [{"Id": "queue", "Arn": queue["QueueArn"]}]
    events.put_targets(Rule=name, EventBusName=name, Targets=target)
    with clients_of(aws) as patch:
        patch.setenv("EVENT_BUS_ARN", arn)
        patch.setenv("BUS_EVENT_TYPES", "buy")
        bus = BusDestination()

    with faults.during(bus_throttled(3)):
        told = deliver(bus)

    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    bodies = [json.loads(message["Body"]) for message in found]
    assert sorted(body["detail"]["event_id"] for body in bodies) == sorted(told)
    assert len(told) == 4
