"""What the lake confirms is stored; what it does not is left to be queued, exactly that."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from putevents.destinations.lake.destination import LakeDestination
from putevents.errors import DestinationError
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from tests.deployed.aws_faults import (
    Fault,
    Faults,
    dynamodb_down,
    dynamodb_throttled,
    fail_records,
    firehose_down,
)
from tests.deployed.emulator import Emulator
from tests.lake.conftest import MakeStream
from tests.unit.doors import nearly_over
from tests.unit.part_service import final

ARRIVAL = Arrival("request", 1_764_054_000_000)
TIME = "2026-01-02T03:04:05Z"
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
QUIET, LOUD = PublicEndpoint(), PublicEndpoint(OptOut="NONE")


@pytest.fixture(name="events")
def _events(app: str, stream: MakeStream) -> Callable[[], list[Any]]:
    """What came through the application's stream."""
    return stream(f"events-{app}")


@pytest.fixture(name="faults")
def _faults(aws: Emulator) -> Iterator[Faults]:
    faults = Faults(aws)
    yield faults
    faults.set()


def some(*ids: str, size: int = 1) -> dict[str, Event]:
    return {id_: Event(EventType="a", Timestamp=TIME, AppTitle="x" * size) for id_ in ids}


def deliver(lake: LakeDestination, app: str, batch: dict[str, ValidBatch]) -> Any:
    return lake.deliver(app, batch, dict.fromkeys(batch, ARRIVAL), TimeLeft())


def update(lake: LakeDestination, app: str, id_: str, endpoint: PublicEndpoint) -> Any:
    """Update an endpoint; the answer, None without one."""
    answer = deliver(lake, app, {id_: ValidBatch(endpoint, {})}).get(id_)
    return answer and answer["EndpointItemResponse"]


def accepted(answers: Any) -> dict[str, list[str]]:
    """The accepted events by endpoint; no other answer is final."""
    assert all(item["EndpointItemResponse"] == ACCEPTED for item in answers.values())
    settled = {id_: final(item["EventsItemResponse"]) for id_, item in answers.items()}
    assert all(told == ACCEPTED for item in settled.values() for told in item.values())
    return {id_: list(item) for id_, item in settled.items()}


def test_endpoints_of_one_call_each_have_their_own_arrival(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]]
) -> None:
    batch = {id_: ValidBatch(LOUD, some("1")) for id_ in "ab"}
    arrivals = {"a": ARRIVAL, "b": Arrival("other", 1_764_054_000_009)}
    lake.deliver(app, batch, arrivals, TimeLeft())
    told = {e["client"]["client_id"]: (e["request_id"], e["arrival_timestamp"]) for e in events()}
    assert told == {id_: arrival[:2] for id_, arrival in arrivals.items()}
    found = lake.get_endpoint(app, "b")
    assert found
    assert found["CreationDate"] == "2025-11-25T07:00:00.009Z"


def test_what_is_accepted_is_stored_with_its_endpoint(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]]
) -> None:
    batch = {"a": ValidBatch(LOUD, some("1", "2")), "b": ValidBatch(QUIET, some("1"))}
    assert accepted(deliver(lake, app, batch)) == {"a": ["1", "2"], "b": ["1"]}
    stored = {(e["client"]["client_id"], e["event_id"], e["endpoint"]["optout"]) for e in events()}
    assert stored == {("a", "1", "NONE"), ("a", "2", "NONE"), ("b", "1", "ALL")}
    assert {e["arrival_timestamp"] for e in events()} == {ARRIVAL.timestamp}


def test_events_in_failed_records_are_missing_from_the_answer(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]], faults: Faults
) -> None:
    faults.set(fail_records(2))
    batch = {"a": ValidBatch(QUIET, some(*"123456", size=5000))}
    told = accepted(deliver(lake, app, batch))["a"]
    assert len(told) == 3
    assert sorted(e["event_id"] for e in events()) == sorted(told)


def test_events_of_a_stream_that_is_down_are_missing_and_their_endpoint_is_stored(
    lake: LakeDestination, app: str, faults: Faults
) -> None:
    faults.set(firehose_down())
    answers = deliver(lake, app, {"a": ValidBatch(LOUD, some("1"))})
    assert accepted(answers) == {"a": []}
    found = lake.get_endpoint(app, "a")
    assert found
    assert found["OptOut"] == "NONE"


@pytest.mark.parametrize(
    "fault", [dynamodb_down(), dynamodb_throttled(), dynamodb_down("BatchGetItem")], ids=str
)
@pytest.mark.parametrize("count", [1, 3])
def test_events_of_an_endpoint_that_was_not_stored_wait_with_it(
    lake: LakeDestination,
    app: str,
    events: Callable[[], list[Any]],
    faults: Faults,
    fault: Fault,
    count: int,
) -> None:
    faults.set(fault)
    batch = {str(number): ValidBatch(LOUD, some("1")) for number in range(count)}
    assert deliver(lake, app, batch | {"q": ValidBatch(QUIET, some("1"))}) == {}
    assert events() == []


def test_an_update_that_the_table_did_not_take_is_told(
    lake: LakeDestination, app: str, faults: Faults
) -> None:
    faults.set(dynamodb_throttled())
    assert update(lake, app, "a", LOUD) is None


def test_of_many_endpoints_those_that_were_not_tried_in_time_wait(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]]
) -> None:
    batch = {id_: ValidBatch(LOUD, some("1")) for id_ in "ab"}
    assert lake.deliver(app, batch, dict.fromkeys(batch, ARRIVAL), nearly_over()) == {}
    assert events() == []


def test_an_event_that_its_endpoint_makes_too_large_is_refused_alone(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]]
) -> None:
    batch = {"a": ValidBatch(QUIET, some("large", size=1_023_800) | some("small"))}
    answers = deliver(lake, app, batch)["a"]["EventsItemResponse"]
    assert answers == {
        "large": {"StatusCode": 400, "Message": "Event size should be at most 1000 KB."},
        "small": ACCEPTED,
    }
    assert [e["event_id"] for e in events()] == ["small"]


def test_a_refused_endpoint_does_not_take_its_events_along(
    lake: LakeDestination, app: str, events: Callable[[], list[Any]]
) -> None:
    endpoint = PublicEndpoint(Metrics={"huge": 1e300})
    answer = deliver(lake, app, {"a": ValidBatch(endpoint, some("1"))})["a"]
    assert answer["EndpointItemResponse"]["StatusCode"] == 400
    assert answer["EventsItemResponse"] == {"1": ACCEPTED}
    assert [e["event_id"] for e in events()] == ["1"]
    told = update(lake, app, "a", endpoint)
    assert told
    assert told["StatusCode"] == 400


def test_rejected_parts_are_kept_or_it_is_told_that_they_are_not(
    lake: LakeDestination, app: str, stream: MakeStream, faults: Faults
) -> None:
    kept = stream("rejected")
    parts = [
        RejectedPart("a\ud800", "1" * 2000, "rule", "rule (key)", {"k": "\ud800"}),
        RejectedPart("a", None, "rule", "rule (key)", "x" * 500_000),
    ]
    faults.set(fail_records(2))
    assert not lake.keep_rejected(app, parts * 2, ARRIVAL, TimeLeft())
    faults.set()
    before = len(kept())
    assert lake.keep_rejected(app, parts, ARRIVAL, TimeLeft())
    assert len(kept()) == before + 2
    ids = [row.get("event_id") for row in kept()]
    assert "1" * 1024 in ids
    assert None in ids
    assert all(len(row["event"]) <= 256 * 1024 for row in kept())


def test_endpoints_are_read_and_deleted(lake: LakeDestination, app: str) -> None:
    endpoint = PublicEndpoint.model_validate({"User": {"UserId": "u"}})
    for id_ in "abc":
        assert update(lake, app, id_, endpoint) == ACCEPTED
    deleted = lake.delete_endpoint(app, "a")
    assert deleted
    assert deleted["Id"] == "a"
    assert lake.delete_endpoint(app, "a") is None
    assert lake.get_endpoint(app, "a") is None
    assert [e["Id"] for e in lake.get_user_endpoints(app, "u")] == ["b", "c"]
    assert [e["Id"] for e in lake.delete_user_endpoints(app, "u")] == ["b", "c"]
    assert lake.get_user_endpoints(app, "u") == []


def test_a_table_that_does_not_answer_raises(
    lake: LakeDestination, app: str, faults: Faults
) -> None:
    faults.set(dynamodb_down("BatchGetItem"))
    with pytest.raises(DestinationError) as raised:
        lake.get_endpoint(app, "a")
    assert raised.value.args == ("InternalServerError",)
