"""Destination `stream`: a record an event, and exactly what Kinesis did not confirm waits."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from putevents.destinations.stream import (
    MAX_CALL_BYTES,
    MAX_KEY_CHARACTERS,
    MAX_RECORD_BYTES,
    StreamDestination,
)
from putevents.errors import SettingsError
from putevents.time_left import TimeLeft
from putevents.wire.event_record import MAX_WRITTEN_BYTES, event_records
from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from tests.unit.doors import ACCEPTED, ARRIVAL, nearly_over
from tests.unit.part_service import PartService, data_of, each, failing, final

ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/events"
TIME = "2026-01-02T03:04:05Z"
STORED: Any = {"Id": "phone", "ChannelType": "GCM", "User": {"UserId": "u"}}


def taken(place: int, _: Any) -> Any:
    return {"SequenceNumber": str(place), "ShardId": "shardId-000000000000"}


def throttled(_place: int, _: Any) -> Any:
    return {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Slow down."}


@pytest.fixture(name="stream")
def _stream(monkeypatch: pytest.MonkeyPatch) -> StreamDestination:
    monkeypatch.setenv("KINESIS_STREAM_ARN", ARN)
    return StreamDestination()


@pytest.fixture(name="kinesis")
def _kinesis(stream: StreamDestination) -> PartService:
    return PartService(stream._client, "Records", each("Records", taken))


def some(*ids: str, size: int = 1) -> dict[str, Event]:
    return {id_: Event(EventType="a", Timestamp=TIME, AppTitle="x" * size) for id_ in ids}


def deliver(
    stream: StreamDestination,
    batch: dict[str, ValidBatch],
    time_left: TimeLeft = TimeLeft(),  # noqa: B008 # immutable
) -> dict[str, Any]:
    return dict(stream.deliver("my-app", batch, dict.fromkeys(batch, ARRIVAL), time_left))


def confirmed(answers: dict[str, Any]) -> dict[str, list[str]]:
    """The events by endpoint that were answered, each with 202."""
    settled = {id_: final(item["EventsItemResponse"]) for id_, item in answers.items()}
    assert all(told == ACCEPTED for item in settled.values() for told in item.values())
    return {id_: list(item) for id_, item in settled.items()}


def test_an_event_is_a_record_in_pinpoints_spelling(
    stream: StreamDestination, kinesis: PartService
) -> None:
    batch = {"phone": ValidBatch(PublicEndpoint(), some("1", "2"), stored=STORED)}
    assert confirmed(deliver(stream, batch)) == {"phone": ["1", "2"]}
    assert kinesis.sent[0]["StreamARN"] == ARN
    first, second = kinesis.calls[0]
    assert first["PartitionKey"] == second["PartitionKey"] == "phone"
    record = data_of(first)
    assert record["event_id"] == "1"
    assert record["event_version"] == "3.0"
    assert record["endpoint"] == {**STORED, "ApplicationId": "my-app"}
    assert record["client"] == {"client_id": "phone"}


def test_an_endpoint_of_which_nothing_is_known_has_its_ids(
    stream: StreamDestination, kinesis: PartService
) -> None:
    deliver(stream, {"a": ValidBatch(None, some("1"))})
    [record] = kinesis.calls[0]
    assert data_of(record)["endpoint"] == {"Id": "a", "ApplicationId": "my-app"}


def test_but_for_the_endpoints_spelling_a_record_is_the_lakes(
    stream: StreamDestination, kinesis: PartService
) -> None:
    deliver(stream, {"phone": ValidBatch(None, some("1"), stored=STORED)})
    [(_, lakes)] = event_records("my-app", "phone", STORED, some("1"), ARRIVAL)
    mine, theirs = data_of(kinesis.calls[0][0]), json.loads(lakes)
    assert mine.pop("endpoint") == {**STORED, "ApplicationId": "my-app"}
    assert theirs.pop("endpoint") == {"id": "phone", "channeltype": "GCM", "user": {"userid": "u"}}
    assert mine == theirs


def test_an_endpoint_without_events_is_nothing_to_put(
    stream: StreamDestination, kinesis: PartService
) -> None:
    answers = deliver(stream, {"phone": ValidBatch(PublicEndpoint(OptOut="ALL"), {})})
    assert answers == {"phone": {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}}
    assert kinesis.calls == []


@settings(max_examples=25, deadline=None)  # each makes a client
@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 4))
def test_of_a_call_exactly_the_failed_records_are_not_confirmed(
    fates: list[bool], endpoints: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KINESIS_STREAM_ARN", ARN)
        stream = StreamDestination()
    told = each("Records", lambda place, part: (taken if fates[place] else throttled)(place, part))
    service = PartService(stream._client, "Records", told)
    ids = [[str(n) for n in range(len(fates)) if n % endpoints == e] for e in range(endpoints)]
    batch = {str(e): ValidBatch(None, some(*mine)) for e, mine in enumerate(ids)}
    answers = confirmed(deliver(stream, batch))
    sent = [(data_of(r)["client"]["client_id"], data_of(r)["event_id"]) for r in service.calls[0]]
    kept = {event for event, fate in zip(sent, fates, strict=True) if fate}
    assert {(e, event) for e, events in answers.items() for event in events} == kept


def test_a_call_has_at_most_500_records(stream: StreamDestination, kinesis: PartService) -> None:
    ids = [str(number) for number in range(501)]
    assert confirmed(deliver(stream, {"a": ValidBatch(None, some(*ids))})) == {"a": ids}
    assert [len(call) for call in kinesis.calls] == [500, 1]


def test_a_call_has_few_megabytes_and_a_request_what_can_be_written(
    stream: StreamDestination, kinesis: PartService
) -> None:
    ids = [str(number) for number in range(10)]
    told = confirmed(deliver(stream, {"a": ValidBatch(None, some(*ids, size=1_000_000))}))["a"]
    sizes = [sum(len(r["Data"]) * 3 // 4 for r in call) for call in kinesis.calls]
    assert len(sizes) == 2
    assert max(sizes) <= MAX_CALL_BYTES
    # What is left has no answer, so it is queued.
    assert told == ids[: MAX_WRITTEN_BYTES // 1_000_000]


def test_a_record_that_no_stream_takes_is_rejected_alone(
    stream: StreamDestination, kinesis: PartService
) -> None:
    batch = {"a": ValidBatch(None, some("large", size=MAX_RECORD_BYTES) | some("small"))}
    assert deliver(stream, batch)["a"]["EventsItemResponse"] == {
        "large": {"StatusCode": 400, "Message": "Event size should be at most 1000 KB."},
        "small": ACCEPTED,
    }
    assert len(kinesis.calls[0]) == 1


@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_of_a_record_is_that_of_data_and_key_together(
    stream: StreamDestination, kinesis: PartService, over: int
) -> None:
    deliver(stream, {"key": ValidBatch(None, some("1"))})
    empty = len(json.dumps(data_of(kinesis.calls[0][0]), separators=(",", ":"))) - 1 + len("key")
    size = MAX_RECORD_BYTES - empty + over
    told = deliver(stream, {"key": ValidBatch(None, some("1", size=size))})
    assert (told["key"]["EventsItemResponse"]["1"] == ACCEPTED) == (not over)


@pytest.mark.parametrize("error", ["ResourceNotFoundException", "KMSThrottlingException"])
def test_after_a_call_that_failed_as_a_whole_no_other_is_made(
    stream: StreamDestination, kinesis: PartService, error: str
) -> None:
    kinesis.answer = failing(error)
    ids = [str(number) for number in range(600)]
    assert confirmed(deliver(stream, {"a": ValidBatch(None, some(*ids))})) == {"a": []}
    assert {len(call) for call in kinesis.calls} == {500}


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"<html>", b'{"Records": [null]}', b'{"Records": [{"ShardId": "s"}]}',
     b'{"Records": [{"SequenceNumber": "1", "ErrorCode": "InternalFailure"}]}',
     b'{"Records": []}', b'{"Records": "taken"}'],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_confirms_nothing(
    stream: StreamDestination, kinesis: PartService, body: bytes
) -> None:
    kinesis.answer = lambda _: (200, body)
    assert confirmed(deliver(stream, {"a": ValidBatch(None, some("1"))})) == {"a": []}


def test_no_call_is_made_once_time_is_up(stream: StreamDestination, kinesis: PartService) -> None:
    batch = {"a": ValidBatch(None, some("1"))}
    assert confirmed(deliver(stream, batch, nearly_over())) == {"a": []}
    assert kinesis.calls == []


@given(st.text(min_size=1, max_size=400))
@example("x" * 256)
@example("x" * 257)
@example("\N{GRINNING FACE}" * 129)
def test_a_partition_key_is_the_endpoints_id_or_a_digest(id_: str) -> None:
    from putevents.destinations.stream import _partition_key

    key = _partition_key(id_, ValidBatch(None, {}))
    fits = len(id_.encode("utf-16-le", "surrogatepass")) <= 2 * MAX_KEY_CHARACTERS
    assert (key == id_) == fits
    assert 0 < len(key) <= MAX_KEY_CHARACTERS


def test_ids_that_differ_in_case_only_share_a_shard(
    stream: StreamDestination, kinesis: PartService
) -> None:
    deliver(stream, {"PHONE": ValidBatch(None, some("1"), stored=STORED)})
    assert kinesis.calls[0][0]["PartitionKey"] == "phone"


def test_a_stream_without_an_arn_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINESIS_STREAM_ARN", "events")
    with pytest.raises(SettingsError, match="KINESIS_STREAM_ARN"):
        StreamDestination()
