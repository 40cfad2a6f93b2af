"""Door 2 retries what failed, alone, and keeps what nobody would otherwise hear of."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from putevents import ingest
from putevents.breaker import FAILURES
from putevents.queue.retry import MAX_ATTEMPTS
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from tests.unit.doors import Context, Doors, FakeDestination, FakeQueue, sqs_record

EVENTS = Path(__file__).parents[1] / "events"
EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}


def message(
    events: dict[str, Any],
    application_id: str = "my-app",
    *,
    endpoint_id: str = "phone",
    **endpoint: Any,
) -> Any:
    batch_item = {endpoint_id: {"Endpoint": endpoint, "Events": events}}
    return {"ApplicationId": application_id, "EventsRequest": {"BatchItem": batch_item}}


def test_messages_of_several_applications_are_delivered(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    assert (
        doors.stay(
            sqs_record(message({"1": EVENT}), "m1"),
            sqs_record(message({"2": EVENT}, "other-app"), "m2"),
        )
        == []
    )
    assert destination.delivered == [("my-app", "phone", "1"), ("other-app", "phone", "2")]


def test_the_event_that_sqs_sends_is_delivered(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    sent = json.loads((EVENTS / "aws" / "sqs_event.json").read_text())
    destination.codes, destination.endpoint_code = {"JourneyEvent": 500}, 500
    assert doors.stay(*sent["Records"]) == [record["messageId"] for record in sent["Records"]]
    assert [attempt for _, attempt in queue.postponed] == [1, 3]
    destination.codes, destination.endpoint_code = {}, 202
    assert doors.stay(*sent["Records"]) == []
    assert destination.delivered == [("my-app", "ExampleEndpointID", "JourneyEvent")] * 2


@pytest.mark.parametrize(
    "poison",
    [
        "not json", "[]", "{}", '{"ApplicationId": "my-app"}',
        '{"ApplicationId": "my-app", "EventsRequest": {}}',
        '{"ApplicationId": "unknown", "EventsRequest": {"BatchItem": {}}}',
    ],
)  # fmt: skip
def test_a_poison_message_is_a_dead_letter_at_once_and_its_neighbour_is_delivered(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, poison: str
) -> None:
    good = sqs_record(message({"1": EVENT}), "good")
    assert doors.stay(sqs_record(poison, "poison"), good) == []
    [(body, reason, attempt)] = queue.dead_whole
    assert (body, attempt) == (poison, 1)
    assert reason
    assert queue.postponed == []
    assert destination.delivered == [("my-app", "phone", "1")]


def test_a_poison_message_stays_when_the_dead_letters_cannot_be_reached(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    queue.broken = True
    assert doors.stay(sqs_record("not json", "poison")) == ["poison"]
    assert queue.postponed == [("receipt-poison", 1)]


def test_a_message_that_half_succeeded_is_replaced_by_the_rest(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"2": 500, "3": None}
    events = {"1": EVENT, "2": EVENT, "3": EVENT}
    assert doors.stay(sqs_record(message(events, OptOut="ALL"), received=2, Attempt="3")) == []
    [(application_id, batch_item, attempt)] = queue.queued
    assert (application_id, attempt) == ("my-app", 5)
    assert set(batch_item["phone"].events) == {"2", "3"}
    assert batch_item["phone"].endpoint is None


def test_what_came_in_over_http_keeps_its_arrival_through_every_retry(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"2": 500}
    sent: Any = {"RequestId": "request-9", "ArrivalTimestamp": "1764053999777"}
    assert doors.stay(sqs_record(message({"1": EVENT, "2": EVENT}), **sent)) == []
    arrival = Arrival("request-9", 1764053999777)
    assert destination.arrivals == [arrival]
    assert queue.arrivals == [arrival]


@pytest.mark.parametrize("odd", [None, "", "x", "1" * 99, "-1"])
def test_a_producers_message_arrived_when_it_was_sent(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, odd: str | None
) -> None:
    assert doors.stay(sqs_record(message({"1": EVENT}), ArrivalTimestamp=odd)) == []
    assert destination.arrivals == [Arrival("m1", 1764054000001)]


def test_a_destination_that_keeps_what_is_rejected_gets_it_as_it_came(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.keeps_rejected = True
    destination.codes = {"refused": 400}
    events = {"good": EVENT, "bad": {"Odd": 1}, "refused": EVENT}
    body = message(events, Address="no channel")
    body["EventsRequest"]["BatchItem"]["odd"] = {"Endpoint": {}, "Events": 5}
    assert doors.stay(sqs_record(body)) == []
    assert queue.dead_letters == []
    assert destination.rejected == [
        ("my-app", RejectedPart(*part))
        for part in [
            ("phone", "bad", "Missing EventType", "Missing EventType (EventType)", {"Odd": 1}),
            ("phone", None, "Missing ChannelType", "Missing ChannelType (Address)",
             {"Address": "no channel"}),
            ("odd", None, "Should be an object.", "Should be an object. (Events)", 
             {"Endpoint": {}, "Events": 5}),
            ("phone", "refused", "Rejected by the destination.", "code 400", EVENT),
        ]
    ]  # fmt: skip


def test_a_message_of_which_nothing_was_delivered_stays_and_waits_longer(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    assert doors.stay(sqs_record(message({"1": EVENT}), received=3)) == ["m1"]
    assert queue.postponed == [("receipt-m1", 3)]
    assert queue.queued == []


def test_what_failed_too_often_is_a_dead_letter_with_the_reason(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    body = json.dumps(message({"1": EVENT}))
    sent: Any = {"Attempt": str(MAX_ATTEMPTS - 3)}
    assert doors.stay(sqs_record(body, received=2, **sent)) == ["m1"]
    assert doors.stay(sqs_record(body, received=3, **sent)) == []
    why = "Given up after attempt 32: Nothing of it could be delivered."
    assert queue.dead_whole == [(body, why, MAX_ATTEMPTS)]


def test_how_long_the_oldest_has_waited_is_measured(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    minutes_ago = int((time.time() - 1800) * 1000)
    old: Any = {"ArrivalTimestamp": str(minutes_ago), "sent": minutes_ago + 1_000_000}
    young: Any = {"sent": minutes_ago + 1_700_000}
    assert (
        len(doors.stay(*(sqs_record(message({"1": EVENT}), **sent) for sent in (young, old)))) == 2
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [[wait]] = [line["LongestWait"] for line in lines if "LongestWait" in line]
    assert 1800 <= wait < 1900


def test_a_dead_letter_that_comes_back_is_counted_anew(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    sent: Any = {"Attempt": str(MAX_ATTEMPTS), "Reason": "Given up"}
    assert doors.stay(sqs_record(message({"1": EVENT}), **sent)) == ["m1"]
    assert queue.postponed == [("receipt-m1", 1)]


def test_with_the_end_near_messages_are_left_on_the_queue(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Context, "seconds_left", 20)
    assert doors.stay(sqs_record(message({"1": EVENT}))) == ["m1"]
    assert destination.calls == []


def test_messages_of_one_application_are_delivered_in_one_call_and_answered_each(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"2": 500, "3": 400, "4": None}
    records = [
        sqs_record(
            message({event_id: EVENT, "ok" + event_id: EVENT}, endpoint_id=event_id), event_id
        )
        for event_id in ("1", "2", "3", "4")
    ]
    assert doors.stay(*records) == []
    assert destination.calls == [4]
    assert destination.arrivals == [Arrival(i, 1764054000001) for i in ("1", "2", "3", "4")]
    assert queue.events == [("my-app", "2", "2"), ("my-app", "4", "4")]
    assert queue.arrivals == [Arrival(i, 1764054000001) for i in ("2", "4")]
    assert [list(raw) for _, raw, _ in queue.dead_letters] == [["3"]]


def test_two_messages_of_one_endpoint_or_two_applications_or_too_many_events_are_not_joined(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    events = {str(number): EVENT for number in range(60)}
    records = [
        sqs_record(message({"1": EVENT}), "m1"),
        sqs_record(message({"1": EVENT}), "m2"),
        sqs_record(message({"1": EVENT}, "other-app"), "m3"),
        sqs_record(message(events, endpoint_id="x"), "m4"),
        sqs_record(message(events, endpoint_id="y"), "m5"),
        sqs_record(message({}, endpoint_id="z", OptOut="ALL"), "m6"),
    ]
    assert doors.stay(*records) == []
    assert destination.calls == [3, 2, 1]
    assert len(destination.delivered) == 123


def test_one_message_that_spoils_a_call_fails_alone(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = destination.deliver

    def spoilt(application_id: str, batch_item: Any, *others: Any) -> Any:
        return {} if "e0" in batch_item else well(application_id, batch_item, *others)

    monkeypatch.setattr(destination, "deliver", spoilt)
    records = [
        sqs_record(message({"1": EVENT}, endpoint_id=f"e{number}"), f"m{number}")
        for number in range(10)
    ]
    assert doors.stay(*records) == ["m0"]
    assert len(destination.delivered) == 9


def test_a_destination_that_is_down_is_not_asked_for_each_message(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def down(*call: Any) -> dict[str, Any]:
        asked.append(call)
        return {}

    monkeypatch.setattr(destination, "deliver", down)
    records = [
        sqs_record(message({"1": EVENT}, endpoint_id=f"e{number}"), f"m{number}")
        for number in range(10)
    ]
    assert len(doors.stay(*records)) == 10
    assert len(doors.stay(*records)) == 10
    assert len(asked) == FAILURES
    assert len(queue.postponed) == 20


def test_a_rest_that_cannot_be_queued_keeps_the_message(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, queue.broken = {"2": 500}, True
    assert doors.stay(sqs_record(message({"1": EVENT, "2": EVENT}))) == ["m1"]


def test_what_is_refused_goes_to_the_dead_letters_as_it_came(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"refused": 400}
    events = {"good": EVENT, "bad": {"Odd": 1}, "refused": EVENT}
    assert doors.stay(sqs_record(message(events))) == []
    [(application_id, raw, reason)] = queue.dead_letters
    assert application_id == "my-app"
    assert raw == {
        "phone": {"Endpoint": {}, "Events": {"bad": {"Odd": 1}, "refused": EVENT}},
    }
    assert reason == "Missing EventType"
    assert destination.delivered == [("my-app", "phone", "good")]


def test_a_refused_endpoint_is_kept_without_its_delivered_events(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    assert doors.stay(sqs_record(message({"1": EVENT}, Address="no channel"))) == []
    assert queue.dead_letters[0][1] == {
        "phone": {"Endpoint": {"Address": "no channel"}, "Events": {}}
    }


def test_a_refused_batch_is_kept_whole(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    odd = {"Endpoint": {}, "Events": 5}
    body = {
        "ApplicationId": "my-app",
        "EventsRequest": {
            "BatchItem": {"odd": odd, "phone": {"Endpoint": {}, "Events": {"1": EVENT}}}
        },
    }
    assert doors.stay(sqs_record(body)) == []
    assert queue.dead_letters[0][1] == {"odd": odd}


def test_a_message_stays_when_the_dead_letters_cannot_be_reached(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    queue.broken = True
    assert doors.stay(sqs_record(message({"bad": {}}))) == ["m1"]


@pytest.mark.parametrize("where", ["validate", "settle", "keep_rejected"])
def test_our_own_bug_keeps_the_message_and_gives_up_in_the_end(
    doors: Doors,
    destination: FakeDestination,
    queue: FakeQueue,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(ingest, where, bug)
    assert doors.stay(sqs_record(message({"1": EVENT}))) == ["m1"]
    assert doors.stay(sqs_record(message({"1": EVENT}), received=MAX_ATTEMPTS)) == []
    assert queue.dead_whole[0][1] == "Given up after attempt 32: RuntimeError"


def test_the_body_is_what_the_cli_takes_as_its_input(
    doors: Doors, destination: FakeDestination
) -> None:
    body = json.dumps(message({"1": EVENT}))
    assert doors.stay(sqs_record(body)) == []
    assert destination.delivered == [("my-app", "phone", "1")]
