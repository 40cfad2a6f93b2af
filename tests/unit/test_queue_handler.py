"""Door 2 retries what failed, alone, and keeps what nobody would otherwise hear of."""

import json
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from putevents import ingest
from putevents.breaker import FAILURES
from putevents.queue.retry import MIN_ATTEMPTS
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import MAX_REQUEST_BYTES
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
    sent: Any = {"Attempt": str(MIN_ATTEMPTS - 3)}
    assert doors.stay(sqs_record(body, received=2, **sent)) == ["m1"]
    assert doors.stay(sqs_record(body, received=3, **sent)) == []
    why = "Given up after attempt 32: Nothing of it could be delivered. code 503"
    assert queue.dead_whole == [(body, why, MIN_ATTEMPTS)]


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
    waits = [
        (line.get("application"), line["LongestWait"]) for line in lines if "LongestWait" in line
    ]
    assert [application for application, _ in waits] == [None, "my-app"]
    assert all(1800 <= wait < 1900 for _, [wait] in waits)


def test_what_half_succeeded_waits_too_and_what_succeeded_does_not(
    doors: Doors, destination: FakeDestination, capsys: pytest.CaptureFixture[str]
) -> None:
    destination.codes = {"2": 503}
    doors.stay(
        sqs_record(message({"1": EVENT, "2": EVENT}), "m1"),
        sqs_record(message({"1": EVENT}, "other-app"), "m2"),
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    waits = [line.get("application") for line in lines if "LongestWait" in line]
    assert waits == [None, "my-app"]


def test_what_cannot_be_read_waits_for_nobody_in_particular(
    doors: Doors, queue: FakeQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    queue.broken = True
    assert doors.stay(sqs_record("{")) == ["m1"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("application") for line in lines if "LongestWait" in line] == [None]


def test_a_dead_letter_that_comes_back_is_counted_anew(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    sent: Any = {"Attempt": str(MIN_ATTEMPTS), "Reason": "Given up"}
    assert doors.stay(sqs_record(message({"1": EVENT}), **sent)) == ["m1"]
    assert queue.postponed == [("receipt-m1", 1)]


def test_a_dead_letter_that_comes_back_has_four_days_again(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    now = str(time.time_ns() // 1_000_000)
    sent: Any = {"QueuedTimestamp": "1", "Reason": "Given up"}
    record = sqs_record(message({"1": EVENT}), received=MIN_ATTEMPTS, **sent)
    record["attributes"]["SentTimestamp"] = now
    assert doors.stay(record) == ["m1"]


def test_what_half_succeeded_keeps_the_time_at_which_it_came_to_the_queue(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"2": 500}
    body = message({"1": EVENT, "2": EVENT})
    for sent in ({}, {"QueuedTimestamp": "1764053999999"}, {"QueuedTimestamp": "1" * 15}):
        given: Any = sent
        assert doors.stay(sqs_record(body, **given)) == []
    # SQS knows when it was sent, so that a later time is not believed.
    assert queue.queued_at == [1764054000001, 1764053999999, 1764054000001]


def test_in_a_crowded_queue_messages_are_replaced_instead_of_hidden(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes, destination.endpoint_code = {"1": 503}, None
    queue.crowded = True
    record = sqs_record(message({"1": EVENT}), received=2, Attempt="3")
    assert doors.stay(record) == []
    [again] = queue.sent_again
    assert (again.body, again.attributes["Attempt"]["StringValue"]) == (record["body"], "5")
    assert queue.postponed == []
    queue.broken = True
    assert doors.stay(record) == ["m1"]
    assert queue.postponed == [("receipt-m1", 5)]


def test_an_application_that_fails_slowly_is_asked_once_and_after_it_all_others(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("putevents.ingest.deliver"), "SLOW_SECONDS", 0)
    asked: list[str] = []
    well = destination.deliver

    def deliver(application_id: str, *others: Any) -> Any:
        asked.append(application_id)
        return {} if application_id == "my-app" else well(application_id, *others)

    monkeypatch.setattr(destination, "deliver", deliver)
    slow = [sqs_record(message({"1": EVENT}, endpoint_id=f"e{n % 4}"), f"s{n}") for n in range(8)]
    good = sqs_record(message({"1": EVENT}, "other-app"), "good")
    assert doors.stay(*slow, good) == [f"s{n}" for n in range(8)]
    assert asked == ["my-app", "other-app"]
    assert [attempt for _, attempt in queue.postponed] == [1] * 8


def test_an_application_that_fails_is_asked_again_after_the_others(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def deliver(application_id: str, *_: Any) -> Any:
        asked.append(application_id)
        return {}

    monkeypatch.setattr(destination, "deliver", deliver)
    bodies = [
        message({"1": EVENT}, application_id, endpoint_id=endpoint_id)
        for application_id in ("my-app", "other-app")
        for endpoint_id in ("x", "y")
    ]
    doors.stay(*(sqs_record(body, f"m{number}") for number, body in enumerate(bodies)))
    assert asked == ["my-app", "other-app", "my-app", "my-app", "other-app", "other-app"]


def test_messages_that_there_was_no_time_to_try_are_due_at_once_and_never_given_up(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Context, "seconds_left", 20)
    assert doors.stay(sqs_record(message({"1": EVENT}), received=99)) == ["m1"]
    assert queue.postponed == [("receipt-m1", 0)]


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


@pytest.mark.parametrize(
    ("endpoint_ids", "padding", "calls"),
    [("abb", 0, [2, 1]), ("abcb", 0, [3, 1]), ("abc", MAX_REQUEST_BYTES // 2 - 1000, [2, 1])],
    ids=["as the second", "as one before", "too much together"],
)
def test_a_message_joins_no_call_that_names_its_endpoint_or_gets_too_large(
    doors: Doors, destination: FakeDestination, endpoint_ids: str, padding: int, calls: list[int]
) -> None:
    records = [
        sqs_record(message({"1": EVENT}, endpoint_id=endpoint_id), f"m{number}")
        for number, endpoint_id in enumerate(endpoint_ids)
    ]
    for record in records:
        record["body"] += " " * padding
    assert doors.stay(*records) == []
    assert destination.calls == calls


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
    assert doors.stay(sqs_record(message({"1": EVENT}), received=MIN_ATTEMPTS)) == []
    assert queue.dead_whole[0][1] == "Given up after attempt 32: RuntimeError"


def test_the_body_is_what_the_cli_takes_as_its_input(
    doors: Doors, destination: FakeDestination
) -> None:
    body = json.dumps(message({"1": EVENT}))
    assert doors.stay(sqs_record(body)) == []
    assert destination.delivered == [("my-app", "phone", "1")]


@pytest.mark.parametrize(
    "rubbish",
    [{"zz": {}}, {"e0": None}, {"e1": {"EventsItemResponse": {"1": {"StatusCode": 500}}}}],
)
def test_halves_are_tried_whatever_the_answer_that_settles_nothing(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch, rubbish: Any
) -> None:
    well = destination.deliver

    def spoilt(application_id: str, batch_item: Any, *others: Any) -> Any:
        return rubbish if "e0" in batch_item else well(application_id, batch_item, *others)

    monkeypatch.setattr(destination, "deliver", spoilt)
    records = [
        sqs_record(message({"1": EVENT}, endpoint_id=f"e{number}"), f"m{number}")
        for number in range(4)
    ]
    assert doors.stay(*records) == ["m0"]


def test_a_message_of_which_an_endpoint_was_delivered_is_replaced_once(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.codes = {"1": 503}
    assert doors.stay(sqs_record(message({"1": EVENT}, OptOut="ALL"))) == []
    [(_, batch_item, _)] = queue.queued
    assert batch_item["phone"].endpoint is None
    # What replaced it says nothing of the endpoint, so it stays from now on.
    assert doors.stay(sqs_record(message({"1": EVENT}), "m2", Attempt="1")) == ["m2"]
    assert len(queue.queued) == 1


def test_a_bug_in_queueing_keeps_the_message_and_fails_no_delivered_neighbour(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(queue, "queue", bug)
    destination.codes = {"2": 503}
    half = sqs_record(message({"1": EVENT, "2": EVENT}), "half")
    good = sqs_record(message({"3": EVENT}, endpoint_id="other"), "good")
    assert doors.stay(half, good) == ["half"]
    results = doors.put_events({"BatchItem": {"phone": {"Endpoint": {}, "Events": {"2": EVENT}}}})
    assert results["phone"]["EventsItemResponse"]["2"]["StatusCode"] == 500
