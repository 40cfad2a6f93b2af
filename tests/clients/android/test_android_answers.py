"""The sink for Android, and each kind of answer: nothing good is let go, nothing waits for ever."""

import re

import pytest

from tests.clients.android.conftest import Start
from tests.clients.android.faults import FAULTS, failed, whole
from tests.clients.android.stand_in import StandIn, accepted, results
from tests.loopback import Response

MINUTE = 60_000
HOUR = 60 * MINUTE


def test_no_answer_to_a_whole_request_loses_an_event(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.answers = list(FAULTS.values())
    for number in range(3):
        sink.send(f"event-{number}", number)

    sink.let_pass(6 * HOUR)

    assert stand_in.table == {f"event-{number}": 1 for number in range(3)}
    assert stand_in.answers == []
    assert sink.told("dropped .*") == []
    assert len(sink.told("retry .*")) == len(FAULTS)


def test_it_waits_longer_after_each_failure_and_as_long_as_it_is_asked(
    start: Start, stand_in: StandIn
) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.always = whole(500)
    sink.send("event")
    sink.let_pass(HOUR)
    stand_in.always = whole(429, Retry_After="240")
    sink.let_pass(HOUR)

    stand_in.always = whole(408, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT")
    sink.let_pass(HOUR)
    stand_in.always = whole(409, Retry_After="Thu, 26 Nov 2020 10:00:00 GMT")
    sink.let_pass(HOUR)

    waits = [int(wait) for (wait,) in sink.told(r"retry (\d+) 1 500 .*")]
    for number, wait in enumerate(waits):
        longest = min(2_000 << number, 300_000)
        assert longest // 2 <= wait <= longest
    assert HOUR / 300_000 <= len(waits) < 35
    assert all(int(wait) >= 240_000 for (wait,) in sink.told(r"retry (\d+) 1 429 .*"))
    assert {wait for (wait,) in sink.told(r"retry (\d+) 1 408 .*")} == {"300000"}
    assert {wait for (wait,) in sink.told(r"retry (\d+) 1 409 .*")} - {"300000"}


def test_a_rejected_event_is_told_and_its_neighbours_arrive(
    start: Start, stand_in: StandIn
) -> None:
    rules = {"bad": (400, "Missing EventType (event_type)"), "another's": (403, "Not yours.")}
    sink = start(stand_in.url)
    stand_in.always = lambda events: results(events, lambda id_: rules.get(id_, accepted()))
    for event_id in ("first", "bad", "another's", "last"):
        sink.send(event_id)

    assert sink.flush()
    assert stand_in.table == {"first": 1, "last": 1}
    assert sink.told("dropped REJECTED (.*)") == [
        ("bad Missing EventType (event_type)",),
        ("another's Not yours.",),
    ]


def test_a_backlog_is_sent_without_a_pause(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.answers = [whole(500)]
    for number in range(250):
        sink.send(f"event-{number}", number)
    sink.wait_for("retry ")

    sink.let_pass(2_000)  # the longest of a first wait

    assert stand_in.table == {f"event-{number}": 1 for number in range(250)}


def test_an_event_that_always_fails_holds_up_no_other(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, clock="test", maxBatchEvents=5)
    stand_in.always = lambda events: results(
        events, lambda id_: failed(id_) if id_ == "stuck" else accepted()
    )
    sink.send("stuck")
    for number in range(20):
        sink.send(f"event-{number}", number)

    sink.let_pass(HOUR)

    assert stand_in.table == {f"event-{number}": 1 for number in range(20)}


def test_413_halves_the_batch_until_it_fits(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.always = lambda events: results(events) if len(events) <= 3 else Response(413)
    for number in range(40):
        sink.send(f"event-{number}", number)

    sink.let_pass(MINUTE)

    assert stand_in.table == {f"event-{number}": 1 for number in range(40)}
    assert sink.told("(dropped|retry) .*") == []


def test_what_breaks_off_large_requests_gets_smaller_ones(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.always = lambda events: results(events) if len(events) <= 3 else None
    for number in range(40):
        sink.send(f"event-{number}", number)

    sink.let_pass(HOUR)

    assert stand_in.table == {f"event-{number}": 1 for number in range(40)}


@pytest.mark.parametrize(("length", "dropped"), [(5_000, 1), (500, 0)])
def test_413_for_one_event_drops_it_only_if_it_is_larger_than_a_batch(
    length: int, dropped: int, start: Start, stand_in: StandIn
) -> None:
    sink = start(stand_in.url, clock="test", maxBatchBytes=2_000)
    stand_in.always = whole(413)
    sink.send("event", text="x" * length)

    sink.let_pass(MINUTE)

    assert len(sink.told("dropped TOO_LARGE event .*")) == dropped
    stand_in.always = results
    sink.let_pass(HOUR)
    assert stand_in.table.total() == 1 - dropped


def test_a_request_is_gzip_with_an_id_in_each_envelope(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, application="shop 1/é")
    sink.send('an"id"\\')
    sink.ask('send present { "event_id": "kept", "a": 1\r}', "sent")

    assert sink.flush()
    call = stand_in.calls[0]
    assert (call.method, call.target) == ("POST", "/v1/apps/shop%201%2F%C3%A9/enriched-events")
    assert call.headers["content-encoding"] == "gzip"
    # In one request, or in two if the first went before the second was there.
    first, second = (event for request in stand_in.requests for event in request)
    assert (first["event_id"], first["event_type"]) == ('an"id"\\', "checkout_done")
    assert second == {"event_id": "kept", "a": 1}


@pytest.mark.parametrize("text", ["NaN", "[1]", "{", "nothing"])
def test_an_event_that_is_no_json_is_told(text: str, start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url)

    sink.ask(f"send event {text}", "sent")

    assert re.match("dropped NOT_SERIALIZABLE event ", sink.lines[1])
    assert sink.flush()
    assert stand_in.requests == []
