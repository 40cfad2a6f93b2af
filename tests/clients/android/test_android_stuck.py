"""The sink for Android: whatever one event, the listener or a header does, the others arrive."""

import json
from collections.abc import Callable

import pytest

from tests.clients.android.conftest import Start
from tests.clients.android.faults import failed
from tests.clients.android.sink_program import envelope
from tests.clients.android.stand_in import Answer, Events, StandIn, accepted, results
from tests.loopback import Response

HOUR = 60 * 60_000
OTHERS = {f"event-{number}": 1 for number in range(20)}


def _refusing(answer: Callable[[Events], Response | None]) -> Answer:
    """What stands before the gateway dislikes an event, and answers so for whatever has it."""

    def respond(events: Events) -> Response | None:
        refused = any(event["event_id"].startswith("stuck") for event in events)
        return answer(events) if refused else results(events)

    return respond


@pytest.mark.parametrize(
    "refusal",
    [lambda _, status=status: Response(status) for status in (200, 400, 403, 413, 500)]
    + [lambda _: None, lambda events: results(events[1:])],
    ids=["200", "400", "403", "413", "500", "cut off", "a result too few"],
)
def test_what_is_refused_with_one_event_is_sent_without_it(
    refusal: Callable[[Events], Response | None], start: Start, stand_in: StandIn
) -> None:
    sink = start(stand_in.url, clock="test")
    stand_in.always = _refusing(refusal)
    for number, event_id in enumerate(["stuck-0", *OTHERS, "stuck-1"]):
        sink.send(event_id, number)

    sink.let_pass(HOUR)
    assert stand_in.table == OTHERS
    tries = len(stand_in.requests)
    sink.send("later")  # for all that is known the gateway is out: the stuck ones were the last
    sink.let_pass(300_000)
    sink.send("soon")
    sink.let_pass(10_000)
    expected = {**OTHERS, "later": 1, "soon": 1}
    assert stand_in.table == expected
    sink.let_pass(HOUR)
    assert len(stand_in.requests) - tries < 2 * HOUR // 150_000
    assert sink.told("dropped .*") == []

    stand_in.always = results
    sink.let_pass(600_000)
    assert stand_in.table == {**expected, "stuck-0": 1, "stuck-1": 1}


def test_a_batch_of_events_that_always_fail_holds_up_no_other(
    start: Start, stand_in: StandIn
) -> None:
    sink = start(stand_in.url, clock="test", maxBatchEvents=5)
    stand_in.always = lambda events: results(
        events, lambda id_: failed(id_) if id_.startswith("stuck") else accepted()
    )
    for number, event_id in enumerate([*(f"stuck-{n}" for n in range(7)), *OTHERS]):
        sink.send(event_id, number)

    sink.let_pass(HOUR)
    assert stand_in.table == OTHERS
    stand_in.always = results
    assert sink.flush()
    assert stand_in.table.total() == 27


@pytest.mark.parametrize(
    ("event_id", "text"),
    [
        ("", {}),
        ("", {"event_id": ""}),
        ("amplify", {"event_id": ""}),
        ("amplify", {"event_id": 5}),
        ("amplify", {"event_id": None}),
    ],
)
def test_an_event_without_an_id_is_given_one(
    event_id: str, text: dict[str, object], start: Start, stand_in: StandIn, app: str
) -> None:
    sink = start(stand_in.url)
    event = json.dumps({**text, **json.loads(envelope(app))})
    sink.ask(f"send {event_id} {event}", f"sent {event_id}")
    sink.send("next")

    assert sink.flush()
    # In one request or two: on a busy machine the first event may go before the second comes.
    first, second = (event["event_id"] for request in stand_in.requests for event in request)
    assert first == event_id or (not event_id and len(first) == 36)
    assert second == "next"
    assert sink.told("dropped .*") == []


def test_a_listener_that_throws_is_told_once(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, listener="throws", maxQueueBytes=3_000)
    stand_in.always = lambda events: results(
        events, lambda id_: (400, "Wrong.") if id_ == "bad" else accepted()
    )
    for event_id in ("first", "bad", "last"):
        sink.send(event_id)
    assert sink.flush()
    sink.send("large", text="x" * 3_000)

    assert stand_in.table == {"first": 1, "last": 1}
    assert sink.told(r"dropped (\S+ \S+) .*") == [("REJECTED bad",), ("QUEUE_FULL large",)]


def test_an_error_in_the_headers_is_a_failed_request(start: Start, stand_in: StandIn) -> None:
    sink = start(stand_in.url, headerErrors=2)
    sink.send("event")

    sink.drain()
    assert stand_in.table == {"event": 1}
    assert len(sink.told("retry .*NoClassDefFoundError.*")) == 2
