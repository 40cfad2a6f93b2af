"""An arrival is when API Gateway or SQS received something, unless that cannot be true."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents.wire.arrival import MAX_AGE_MS, Arrival
from putevents.wire.forwarded import by_arrival
from putevents.wire.schemas import EventsRequest
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event, sqs_record

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
SENT = 1_764_054_000_001
DAY = 24 * 3600 * 1000


def now() -> int:
    return time.time_ns() // 1_000_000


def body(*endpoint_ids: str) -> dict[str, Any]:
    return {"BatchItem": {id_: {"Endpoint": {}, "Events": {"1": EVENT}} for id_ in endpoint_ids}}


def received(at: object, path: str, method: str, sent: Any) -> dict[str, Any]:
    event = http_event(sent, path, method)
    event["requestContext"]["requestTimeEpoch"] = at
    return event


CALLS: list[tuple[str, str, Any]] = [
    ("/v1/apps/my-app/events", "POST", body("phone")),
    ("/v1/apps/my-app/endpoints/phone", "PUT", {"OptOut": "ALL"}),
    ("/v1/apps/my-app/endpoints", "PUT", {"Item": [{"Id": "phone", "OptOut": "ALL"}]}),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_request_arrives_when_api_gateway_receives_it(
    doors: Doors, destination: FakeDestination, call: tuple[str, str, Any]
) -> None:
    at = now() - 7_000  # a cold start ago
    doors.answer(received(at, *call))
    assert destination.arrivals == [Arrival("request-1", at)]


def test_two_updates_that_wait_for_a_cold_start_keep_their_order(
    doors: Doors, destination: FakeDestination
) -> None:
    first = received(now() - 2_000, "/v1/apps/my-app/endpoints/phone", "PUT", {"OptOut": "NONE"})
    second = received(now() - 1_000, "/v1/apps/my-app/endpoints/phone", "PUT", {"OptOut": "ALL"})
    doors.answer(second)
    doors.answer(first)
    late, early = destination.arrivals
    assert early.timestamp < late.timestamp


@pytest.mark.parametrize(
    "odd", [None, 0, -1, "1764054000000", 1.5, True, [], 10**30, 1_764_054_000_000]
)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_time_that_no_request_of_this_moment_has_is_not_believed(
    doors: Doors, destination: FakeDestination, call: tuple[str, str, Any], odd: object
) -> None:
    before = now()
    doors.answer(received(odd, *call))
    [arrival] = destination.arrivals
    assert before <= arrival.timestamp <= now()


def test_a_request_without_a_time_arrives_now(doors: Doors, destination: FakeDestination) -> None:
    before = now()
    doors.put_events(body("phone"))
    [arrival] = destination.arrivals
    assert before <= arrival.timestamp <= now()


def queued_arrival(**attributes: Any) -> Arrival:
    """The arrival with which a message is delivered."""
    destination = FakeDestination()
    record = sqs_record({"ApplicationId": "my-app", "EventsRequest": body("phone")}, **attributes)
    assert Doors(destination, FakeQueue()).stay(record) == []
    [arrival] = destination.arrivals
    return arrival


@pytest.mark.parametrize("age", [0, 1, 4 * DAY, 28 * DAY, MAX_AGE_MS])
def test_what_can_have_waited_as_long_keeps_its_arrival(age: int) -> None:
    assert queued_arrival(ArrivalTimestamp=str(SENT - age)).timestamp == SENT - age


@pytest.mark.parametrize(
    "claimed",
    [SENT + 1, 999_999_999_999_999, 1_764_054_000, 0, 1, SENT - MAX_AGE_MS - 1],
    ids=str,
)
def test_a_producers_arrival_that_cannot_be_true_is_not_believed(claimed: int) -> None:
    assert queued_arrival(ArrivalTimestamp=str(claimed)).timestamp == SENT


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_nothing_arrives_after_it_was_sent_or_before_it_can_have(claimed: int) -> None:
    arrival = queued_arrival(ArrivalTimestamp=str(claimed))
    assert SENT - MAX_AGE_MS <= arrival.timestamp <= SENT


def test_a_message_of_which_sqs_does_not_say_when_it_was_sent_arrives_now() -> None:
    destination, before = FakeDestination(), now()
    record = sqs_record({"ApplicationId": "my-app", "EventsRequest": body("phone")})
    del record["attributes"]["SentTimestamp"]
    assert Doors(destination, FakeQueue()).stay(record) == []
    [arrival] = destination.arrivals
    assert before <= arrival.timestamp <= now()


@pytest.mark.parametrize("odd", ["", "x" * 129])
def test_a_request_id_that_is_none_is_not_carried_along(odd: str) -> None:
    assert queued_arrival(RequestId=odd).request_id == "m1"
    assert queued_arrival(RequestId="x" * 128).request_id == "x" * 128


# --- from another gateway --------------------------------------------------------------------


def forwarded(header: str, trusts: str, *endpoint_ids: str) -> tuple[FakeDestination, Any, Any]:
    """What is delivered of a request from another gateway, the results, and the headers."""
    destination = FakeDestination()
    doors = Doors(destination, FakeQueue(), TRUST_ARRIVAL=trusts)
    event = http_event(body(*endpoint_ids), headers={"X-PutEvents-Arrivals": header})
    event["requestContext"]["requestTimeEpoch"] = now() - 3
    _, answer, headers = doors.answer(event)
    return destination, answer["Results"], headers


def test_a_trusted_gateway_says_when_each_batch_came_in() -> None:
    early, late = now() - 4 * DAY, now() - 60_000
    destination, results, headers = forwarded(f"{early},{late},{early}", "true", "a", "b", "c")
    assert {a.timestamp for a in destination.arrivals} == {early, late}
    assert {a.request_id for a in destination.arrivals} == {"request-1"}
    assert sorted(results) == ["a", "b", "c"]
    assert len(destination.delivered) == 3
    assert len(destination.calls) == 1
    assert headers["x-putevents-keeps-arrivals"] == "true"


def test_nobody_else_says_so() -> None:
    destination, _, headers = forwarded(str(now() - DAY), "false", "a")
    assert destination.arrivals[0].timestamp > now() - 60_000
    assert "x-putevents-keeps-arrivals" not in headers


@pytest.mark.parametrize("odd", ["", "x", "1,2", "-1", "1" * 16, "1e9", "9" * 15, "0", "²"])
def test_a_header_that_cannot_be_true_is_not_believed(odd: str) -> None:
    destination, results, _ = forwarded(odd, "true", "a")
    assert list(results) == ["a"]
    assert destination.arrivals[0].timestamp > now() - 60_000


def test_only_what_a_gateway_forwards_in_one_call_is_cut_into_parts() -> None:
    ids = [str(number) for number in range(101)]
    times = [str(SENT - number) for number in range(101)]
    for count, parts in ((100, 100), (101, 1)):
        request = EventsRequest.model_validate(body(*ids[:count]))
        found = by_arrival(request, Arrival("r", SENT), ",".join(times[:count]))
        assert len(found) == parts


@given(st.text(max_size=40), st.integers(min_value=0, max_value=3))
def test_no_header_loses_or_doubles_an_endpoint(header: str, count: int) -> None:
    request = EventsRequest.model_validate(body(*"abc"[:count]))
    parts = by_arrival(request, Arrival("r", SENT), header)
    assert [id_ for _, part in parts for id_ in part.batch_item] == list(request.batch_item)
