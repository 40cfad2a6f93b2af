"""Messages of the queue that bring enriched events."""

import json
from base64 import b64encode
from typing import Any

import pytest

from putevents.queue.enriched_messages import enriched_bodies
from putevents.queue.messages import MAX_MESSAGE_BYTES
from putevents.wire.repeated import Repeated
from tests.unit.captured_log import Log
from tests.unit.doors import Context, Doors, FakeDestination, FakeQueue, LateContext, sqs_record
from tests.unit.enriched_samples import envelope


def message(found: Any, **others: Any) -> dict[str, Any]:
    return {"ApplicationId": "my-app", "EnrichedEvents": found, **others}


ONE = envelope(event_id="1")
TWO = envelope(event_id="2", user_id="ann")
FORMS: dict[str, Any] = {
    "a list": [ONE, TWO],
    "JSON": json.dumps([ONE, TWO]),
    "JSON Lines": f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n",
    "base64": b64encode(f"{json.dumps(ONE)}\n{json.dumps(TWO)}".encode()).decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_delivered_in_each_form(
    form: str, doors: Doors, destination: FakeDestination
) -> None:
    assert doors.stay(sqs_record(message(FORMS[form]))) == []
    assert [event_id for _, _, event_id in destination.delivered] == ["1", "2"]


@pytest.mark.parametrize("found", [ONE, b64encode(json.dumps(ONE).encode()).decode()])
def test_a_record_of_a_pipe_is_one_event(
    found: Any, doors: Doors, destination: FakeDestination
) -> None:
    doors.stay(sqs_record(message(found)), sqs_record(message([]), "m2"))
    assert destination.delivered == [("my-app", "phone", "1")]


@pytest.mark.parametrize(
    "body",
    [
        message("x"), message("%%"), message(7), message(None), message("{"),
        {"EnrichedEvents": [ONE]}, message([ONE], ApplicationId=7),
        message([ONE], EventsRequest={"BatchItem": {}}), message([1] * 10_001),
        '{"ApplicationId":"my-app","ApplicationId":"other-app","EnrichedEvents":[]}',
        '{"ApplicationId":"my-app","EnrichedEvents":[],"EnrichedEvents":[{}]}',
        message([ONE], ApplicationId="unknown"),
    ],
)  # fmt: skip
def test_what_can_never_be_delivered_is_a_dead_letter_as_it_came(
    body: Any, doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    record = sqs_record(body)
    assert doors.stay(record) == []
    assert [dead for dead, _, _ in queue.dead_whole] == [record["body"]]
    assert not destination.calls


def test_a_word_is_no_message(doors: Doors, destination: FakeDestination) -> None:
    events = {"1": {"EventType": "EnrichedEvents", "Timestamp": "2026-11-25T10:10:02Z"}}
    request = {"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}}
    assert doors.stay(sqs_record({"ApplicationId": "my-app", "EventsRequest": request})) == []
    assert destination.delivered == [("my-app", "phone", "1")]


def test_what_fails_is_queued_in_the_normal_form(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.is_down = True
    assert doors.stay(sqs_record(message([ONE, TWO]), received=2)) == []
    assert queue.events == [("my-app", "phone", "1"), ("my-app", "phone", "2")]
    assert [attempt for _, _, attempt in queue.queued] == [2, 2]
    assert [batch["phone"].order for _, batch, _ in queue.queued] == [0, 1]


def test_without_time_it_is_queued_and_without_the_queue_it_stays(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    record = sqs_record(message([ONE, TWO]))
    assert doors.queue({"Records": [record]}, LateContext()) == {"batchItemFailures": []}
    assert len(queue.events) == 2
    queue.broken = True
    answer = doors.queue({"Records": [record]}, LateContext())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    destination.codes = {"2": None}
    assert doors.stay(record) == ["m1"]


def test_while_the_breaker_is_open_messages_are_queued_in_the_normal_form(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.is_down = True
    records = [sqs_record(message([envelope(str(n), event_id=str(n))]), f"m{n}") for n in range(9)]
    assert doors.stay(*records) == []
    assert len(queue.events) == 9


def test_what_is_rejected_is_kept_or_a_dead_letter_and_the_rest_is_delivered(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    bad, lone = envelope(event_id="bad", attributes={"a": 1}), 7
    destination.codes = {"2": 400}
    record = sqs_record(message([ONE, bad, lone, TWO]))
    assert doors.stay(record) == []
    assert [id_ for _, _, id_ in destination.delivered] == ["1"]
    dead = [raw for _, raw, _ in queue.dead_letters]
    [first, second] = dead
    assert [*first["phone"]["Events"].values(), *first[""]["Events"].values()] == [bad, lone]
    assert second == {"phone": {"Endpoint": {}, "Events": {"2": TWO}}}
    assert not queue.events

    queue.dead_letters.clear()
    destination.keeps_rejected = True
    assert doors.stay(record) == []
    assert not queue.dead_letters
    assert [part.raw for _, part in destination.rejected][-3:] == [bad, lone, TWO]


def test_a_message_whose_rejected_parts_nobody_takes_stays(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    queue.broken = True
    assert doors.stay(sqs_record(message([ONE, 7]))) == ["m1"]
    assert doors.stay(sqs_record(message([7]))) == ["m1"]


def test_a_message_of_which_a_part_was_delivered_is_not_sent_anew(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.crowded = True
    monkeypatch.setattr(queue, "dead_letter", lambda *_: False)
    assert doors.stay(sqs_record(message([ONE, 7]))) == ["m1"]
    assert not queue.sent_again
    assert doors.stay(sqs_record(message([7]))) == []
    assert len(queue.sent_again) == 1


def test_dead_letters_are_messages_that_can_be_sent_again(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    long = [envelope(str(n), event_id=str(n), note="\ud800x" * 50_000) for n in range(9)]
    raw = {
        "phone": {"Endpoint": {"OptOut": "ALL"}, "Events": {"1": ONE, "3": Repeated([ONE, 12])}},
        "b": {"Endpoint": {}, "Events": {str(n): one for n, one in enumerate(long)}},
    }
    bodies = list(enriched_bodies("my-app", raw))
    assert max(map(len, bodies)) <= MAX_MESSAGE_BYTES
    assert len(bodies) > 3
    found = [json.loads(body) for body in bodies]
    assert found[0]["EventsRequest"]["BatchItem"] == {
        "phone": {"Endpoint": {"OptOut": "ALL"}, "Events": {}}
    }
    assert [one for each in found[1:] for one in each["EnrichedEvents"]] == [ONE, ONE, 12, *long]
    records = [sqs_record(body, f"m{n}") for n, body in enumerate(bodies)]
    assert doors.queue({"Records": records}, Context()) == {"batchItemFailures": []}
    assert {id_ for _, _, id_ in destination.delivered} == set("1012345678")
    assert list(enriched_bodies("my-app", {"a": {"Endpoint": {}, "Events": {}}})) == []


def test_one_line_of_the_log_tells_of_all_parts(
    doors: Doors, destination: FakeDestination, log: Log
) -> None:
    destination.codes = {"2": 500}
    doors.stay(sqs_record(message([ONE, TWO, 7])))
    [told] = [line for line in log.lines if line["message"] == "queue_message"]
    assert {n: told[n] for n in ("endpoints", "accepted", "rejected", "queued", "failed")} == {
        "endpoints": 2, "accepted": 1, "rejected": 1, "queued": 1, "failed": 0,
    }  # fmt: skip
    assert told["undelivered"] == ["2"]


def test_a_message_that_stays_names_its_events(
    doors: Doors, queue: FakeQueue, destination: FakeDestination, caplog: pytest.LogCaptureFixture
) -> None:
    destination.is_down = queue.broken = True
    doors.stay(sqs_record(message([ONE, TWO])))
    [told] = [vars(record) for record in caplog.records if record.message == "message stays"]
    assert told["undelivered"] == ["1", "2"]
