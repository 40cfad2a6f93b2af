"""What goes to the queues, checked by the SDK's own stub against the real service model."""

import json
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.stub import ANY, Stubber

from putevents.queue import retry
from putevents.queue.messages import MAX_BYTES, ReceivedMessage, Rest, raw_bodies
from putevents.queue.retry import MAX_HIDDEN, RetryQueue
from putevents.settings import Settings
from putevents.time_left import QUEUEING_SECONDS, TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.rules import MAX_EVENT_BYTES
from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from tests.unit.doors import ARRIVAL, ENVIRONMENT, sqs_record

QUEUE, DEAD = ENVIRONMENT["RETRY_QUEUE_URL"], ENVIRONMENT["DEAD_LETTER_QUEUE_URL"]
EVENT = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z")

UNLIMITED = TimeLeft()
NOTHING = Rest("a", {}, ARRIVAL)


@pytest.fixture(name="retry_queue")
def _retry_queue() -> RetryQueue:
    return RetryQueue(Settings.load(ENVIRONMENT))


@pytest.fixture(name="sqs")
def _sqs(retry_queue: RetryQueue) -> Iterator[Stubber]:
    with Stubber(retry_queue._client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def sent(queue_url: str, body: Any, **others: Any) -> dict[str, Any]:
    return {"QueueUrl": queue_url, "MessageBody": body, "MessageAttributes": ANY, **others}


ATTRIBUTES = {
    "Attempt": {"DataType": "Number", "StringValue": "1"},
    "RequestId": {"DataType": "String", "StringValue": ARRIVAL.request_id},
    "ArrivalTimestamp": {"DataType": "Number", "StringValue": str(ARRIVAL.timestamp)},
}


def rest(*events: str, application_id: str = "a", event: Event = EVENT, attempt: int = 1) -> Rest:
    batch_item = {"phone": ValidBatch(PublicEndpoint(), dict.fromkeys(events, event))}
    return Rest(application_id, batch_item, ARRIVAL, attempt)


@pytest.fixture(name="bodies")
def _bodies(retry_queue: RetryQueue) -> list[str]:
    """What every message that is sent holds."""
    bodies: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        bodies.extend(entry["MessageBody"] for entry in params.get("Entries", [params]))

    for call in ("SendMessage", "SendMessageBatch"):
        retry_queue._client.meta.events.register_first(f"provide-client-params.sqs.{call}", note)
    return bodies


def test_what_failed_is_queued_as_the_cli_takes_it(retry_queue: RetryQueue, sqs: Stubber) -> None:
    body = (
        '{"ApplicationId":"my \\"app\\"","EventsRequest":{"BatchItem":{"phone":{"Endpoint":{},'
        '"Events":{"1":{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z"}}}}}}'
    )
    expected = sent(QUEUE, body, DelaySeconds=ANY)
    sqs.add_response("send_message", {}, {**expected, "MessageAttributes": ATTRIBUTES})
    assert retry_queue.queue([rest("1", application_id='my "app"')], UNLIMITED) == [[]]
    assert json.loads(body)["ApplicationId"] == 'my "app"'


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 30), (2, 120), (3, 480), (4, 1920), (5, 7680), (99, 9000)]
)
def test_the_wait_grows_and_is_never_the_same_for_all(
    retry_queue: RetryQueue, attempt: int, longest: int
) -> None:
    waits = {retry_queue.wait(attempt) for _ in range(200)}
    assert min(waits) >= longest * 0.7
    assert max(waits) <= longest
    assert len(waits) > 5


@pytest.mark.parametrize(
    ("delay", "attempt", "hours", "gives_up"),
    [(30, 99, 95, False), (30, 32, 97, True), (30, 31, 97, False), (0, 32, 0, True)],
)
def test_it_is_given_up_after_four_days_or_where_nothing_waits_by_count(
    delay: int, attempt: int, hours: int, gives_up: bool
) -> None:
    retry_queue = RetryQueue(Settings.load({**ENVIRONMENT, "RETRY_DELAY_SECONDS": str(delay)}))
    queued_at = Arrival.now("a").timestamp - hours * 3_600_000
    assert retry_queue.gives_up(attempt, queued_at) == gives_up


def test_a_message_that_was_not_tried_does_not_wait(retry_queue: RetryQueue) -> None:
    assert retry_queue.wait(0) == 0


def test_a_new_message_waits_no_longer_than_sqs_lets_it(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=900))
    assert retry_queue.queue([rest("1", attempt=20)], UNLIMITED) == [[]]


def test_what_the_queue_refuses_is_told_piece_by_piece(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    large = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="x" * 700_000)
    batch_item = {"phone": ValidBatch(PublicEndpoint(OptOut="ALL"), {"1": large, "2": large})}
    sqs.add_client_error("send_message", "ThrottlingException", http_status_code=400)
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=ANY))
    [[refused]] = retry_queue.queue([Rest("a", batch_item, ARRIVAL)], UNLIMITED)
    assert refused["phone"].events == {"1": large}
    assert refused["phone"].endpoint == PublicEndpoint(OptOut="ALL")


def test_rests_of_several_messages_are_sent_together_and_each_is_confirmed_by_itself(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    ok = {"MessageId": "m", "MD5OfMessageBody": "x"}
    failed = {"Id": "1", "Code": "InternalError", "SenderFault": False}
    batch = {"QueueUrl": QUEUE, "Entries": ANY}
    answer = {"Successful": [{"Id": i, **ok} for i in ("0", "2")], "Failed": [failed]}
    sqs.add_response("send_message_batch", answer, batch)
    rests = [rest("1"), rest("2", application_id="b"), rest("3")]
    assert retry_queue.queue(rests, UNLIMITED) == [[], [rests[1].batch_item], []]


def test_an_entry_that_is_not_mentioned_was_not_sent(retry_queue: RetryQueue, sqs: Stubber) -> None:
    ok = {"Id": "1", "MessageId": "m", "MD5OfMessageBody": "x"}
    sqs.add_response("send_message_batch", {"Successful": [ok], "Failed": []})
    rests = [rest("1"), rest("2")]
    assert retry_queue.queue(rests, UNLIMITED) == [[rests[0].batch_item], []]


def test_f21_a_batch_has_ten_entries_and_a_mebibyte_at_most(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str]
) -> None:
    half = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="x" * 500_000)
    for call in ("send_message_batch", "send_message", "send_message_batch", "send_message"):
        sqs.add_client_error(call, "ThrottlingException")
    retry_queue.queue([rest(str(number)) for number in range(11)], UNLIMITED)
    retry_queue.queue([rest(str(number), event=half) for number in range(3)], UNLIMITED)
    small, large = bodies[:11], bodies[11:]
    assert (len(small), len(large)) == (11, 3)
    assert sum(map(len, large[:2])) < 1024 * 1024 < sum(map(len, large))


def test_f11_an_event_at_the_limit_fits_into_a_message(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str]
) -> None:
    plain = len(EVENT.wire) + len('"AppTitle":"",') + 1
    limit = Event(
        EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="x" * (MAX_EVENT_BYTES - plain)
    )
    assert len(limit.wire) == MAX_EVENT_BYTES - 1
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=ANY))
    assert retry_queue.queue([rest("1", event=limit)], UNLIMITED) == [[]]
    assert len(bodies[0]) < 1024 * 1024


def test_a_message_has_only_characters_that_sqs_takes(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str]
) -> None:
    odd = Event(EventType="\ufffe\uffff\0", Timestamp="2026-11-24T10:00:00Z")
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=ANY))
    retry_queue.queue([rest("1", event=odd)], UNLIMITED)
    assert not set(bodies[0]) & {"\ufffe", "\uffff", "\0"}
    event = json.loads(bodies[0])["EventsRequest"]["BatchItem"]["phone"]["Events"]["1"]
    assert event["EventType"] == "\ufffe\uffff\0"


def test_a_text_that_doubles_when_it_is_escaped_is_cut_smaller(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str]
) -> None:
    odd = Event(EventType="\ufffe" * 100_000, Timestamp="2026-11-24T10:00:00Z")
    for _ in range(3):
        sqs.add_response("send_message", {})
    retry_queue.queue([rest("1", "2", "3", event=odd)], UNLIMITED)
    assert max(len(body.encode()) for body in bodies) < 1024 * 1024


def test_dead_letters_keep_the_parts_as_they_came_with_the_reason(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    raw = {"phone": {"Endpoint": {}, "Events": {"1": {"Odd": "é\ud800"}}}}
    body = (
        '{"ApplicationId":"a","EventsRequest":{"BatchItem":{"phone":{"Endpoint":{},'
        '"Events":{"1":{"Odd":"é\\ud800"}}}}}}'
    )
    why = {"Reason": {"DataType": "String", "StringValue": "no\\n\\xe9"}}
    expected = {**sent(DEAD, body, DelaySeconds=0), "MessageAttributes": {**ATTRIBUTES, **why}}
    sqs.add_response("send_message", {}, expected)
    assert retry_queue.dead_letter(NOTHING, raw, "no\né", UNLIMITED)
    sqs.add_client_error("send_message", "QueueDoesNotExist")
    assert not retry_queue.dead_letter(NOTHING, raw, "", UNLIMITED)


def test_dead_letters_of_enriched_events_have_the_envelopes(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    raw = {"phone": {"Endpoint": {}, "Events": {"1": {"Odd": "é\ud800"}}}}
    body = '{"ApplicationId":"a","EnrichedEvents":[{"Odd":"é\\ud800"}]}'
    why = {"Reason": {"DataType": "String", "StringValue": "no"}}
    expected = {**sent(DEAD, body, DelaySeconds=0), "MessageAttributes": {**ATTRIBUTES, **why}}
    sqs.add_response("send_message", {}, expected)
    assert retry_queue.dead_letter(NOTHING._replace(is_enriched=True), raw, "no", UNLIMITED)


def test_a_rest_that_is_given_up_is_dead_beside_the_raw_parts(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str]
) -> None:
    left, raw = rest("1"), {"phone": {"Endpoint": {}, "Events": {"2": 5}}}
    ok = {"MessageId": "m", "MD5OfMessageBody": "x"}
    answer = {"Successful": [{"Id": i, **ok} for i in ("0", "1")], "Failed": []}
    sqs.add_response("send_message_batch", answer)
    assert retry_queue.dead_letter(left, raw, "no", UNLIMITED)
    sqs.add_response("send_message", {})
    assert retry_queue.dead_letter(left, {}, "no", UNLIMITED)
    items = [json.loads(body)["EventsRequest"]["BatchItem"] for body in bodies]
    assert [list(item["phone"]["Events"]) for item in items] == [["1"], ["2"], ["1"]]


def test_a_dead_message_is_kept_as_it_came(retry_queue: RetryQueue, sqs: Stubber) -> None:
    sqs.add_response("send_message", {}, sent(DEAD, "not json", DelaySeconds=0))
    assert retry_queue.dead_letter_whole("not json", ARRIVAL, 1, "no", UNLIMITED)


LONG = "x" * 400_000


@pytest.mark.parametrize(
    "raw",
    [
        {"a": {"Endpoint": {"x": 1}, "Events": {str(n): {"t": LONG} for n in range(4)}}},
        {str(n): {"Endpoint": {}, "Events": {"1": {"t": LONG}}} for n in range(3)},
        {"a": {"Endpoint": {}, "Events": {"1": {"t": LONG * 4}}}, "b": LONG * 4},
        {"a": {"Endpoint": {}, "Events": [LONG] * 4}},
    ],
)
def test_refused_parts_are_cut_to_what_sqs_takes(
    retry_queue: RetryQueue, sqs: Stubber, bodies: list[str], raw: dict[str, Any]
) -> None:
    for _ in range(len(list(raw_bodies("a", raw)))):
        sqs.add_response("send_message", {})
    retry_queue.dead_letter(NOTHING, raw, "no", UNLIMITED)
    kept: dict[str, Any] = {}
    for body in bodies:
        for endpoint_id, batch in json.loads(body)["EventsRequest"]["BatchItem"].items():
            if endpoint_id in kept:
                assert batch["Endpoint"] == {}
                kept[endpoint_id]["Events"] |= batch["Events"]
            else:
                kept[endpoint_id] = batch
    assert kept == raw


def test_messages_that_failed_whole_wait_longer(retry_queue: RetryQueue, sqs: Stubber) -> None:
    waits: list[int] = []
    retry_queue._client.meta.events.register_first(
        "provide-client-params.sqs.ChangeMessageVisibilityBatch",
        lambda params, **_: waits.extend(e["VisibilityTimeout"] for e in params["Entries"]),
    )
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": []})
    retry_queue.postpone([("r", 1), ("s", 3)], UNLIMITED)
    assert 22 <= waits[0] <= 30
    assert 360 <= waits[1] <= 480


@pytest.mark.parametrize(("hidden", "is_crowded"), [(MAX_HIDDEN, False), (MAX_HIDDEN + 1, True)])
def test_a_queue_is_crowded_when_many_messages_are_hidden(
    retry_queue: RetryQueue, sqs: Stubber, hidden: int, is_crowded: bool
) -> None:
    answer = {"Attributes": {"ApproximateNumberOfMessagesNotVisible": str(hidden)}}
    sqs.add_response("get_queue_attributes", answer)
    assert retry_queue.is_crowded(UNLIMITED) == is_crowded


def test_a_queue_that_does_not_say_is_not_crowded(retry_queue: RetryQueue, sqs: Stubber) -> None:
    sqs.add_client_error("get_queue_attributes", "AccessDenied")
    assert not retry_queue.is_crowded(UNLIMITED)
    assert not retry_queue.is_crowded(TimeLeft(monotonic() + 1))


def test_a_message_is_sent_again_as_it_is_with_what_is_known_of_it(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    record = sqs_record(
        "body",
        "m1",
        3,
        Attempt="4",
        ArrivalTimestamp="1764054000000",
        QueuedTimestamp="1764053999999",
    )
    sent_again: dict[str, Any] = {}
    retry_queue._client.meta.events.register_first(
        "provide-client-params.sqs.SendMessage", lambda params, **_: sent_again.update(params)
    )
    sqs.add_response("send_message", {})
    assert retry_queue.send_again([ReceivedMessage(SQSRecord(record))], UNLIMITED) == [True]
    attributes = sent_again.pop("MessageAttributes")
    assert {name: value["StringValue"] for name, value in attributes.items()} == {
        "Attempt": "7", "RequestId": "m1", 
        "ArrivalTimestamp": "1764054000000", "QueuedTimestamp": "1764053999999",
    }  # fmt: skip
    assert sent_again == {"QueueUrl": QUEUE, "MessageBody": "body", "DelaySeconds": 900}


def test_a_message_that_cannot_be_postponed_is_no_error(
    retry_queue: RetryQueue, sqs: Stubber, caplog: pytest.LogCaptureFixture
) -> None:
    failed = {"Id": "0", "Code": "ReceiptHandleIsInvalid", "SenderFault": True}
    sqs.add_response("change_message_visibility_batch", {"Successful": [], "Failed": [failed]})
    retry_queue.postpone([("r", 1)], UNLIMITED)
    sqs.add_client_error("change_message_visibility_batch", "QueueDoesNotExist")
    retry_queue.postpone([("r", 1)], UNLIMITED)
    assert [record.message for record in caplog.records] == ["messages not postponed"] * 2


def test_nothing_asks_nothing(retry_queue: RetryQueue) -> None:
    assert retry_queue.queue([], UNLIMITED) == []
    assert "_client" not in vars(retry_queue)


@pytest.mark.parametrize("short", ["budget", "invocation"])
def test_when_time_is_up_the_queue_is_not_asked_again(
    retry_queue: RetryQueue, sqs: Stubber, monkeypatch: pytest.MonkeyPatch, short: str
) -> None:
    time_left = UNLIMITED
    if short == "budget":
        monkeypatch.setattr(retry, "_BUDGET_SECONDS", -1)
    else:
        time_left = TimeLeft(monotonic() + QUEUEING_SECONDS - 1)
        retry_queue.postpone([("r", 1)], time_left)
    asked = rest("1")
    assert retry_queue.queue([asked], time_left) == [[asked.batch_item]]


def test_a_dead_letter_without_room_for_attributes_goes_without_them(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    # Of ATTRIBUTES and the Reason: names, types and values.
    taken = sum(
        len(name) + sum(map(len, found.values()))
        for name, found in {
            **ATTRIBUTES,
            "Reason": {"DataType": "String", "StringValue": "no"},
        }.items()
    )
    fits = "é" + "x" * (MAX_BYTES - taken - 2)
    for body, has_attributes in ((fits, True), (fits + "x", False), ("x" * MAX_BYTES, False)):
        expected = {**sent(DEAD, body, DelaySeconds=0)}
        if not has_attributes:
            expected["MessageAttributes"] = {}
        else:
            reason = {"DataType": "String", "StringValue": "no"}
            expected["MessageAttributes"] = {**ATTRIBUTES, "Reason": reason}
        sqs.add_response("send_message", {"MessageId": "1"}, expected)
        assert retry_queue.dead_letter_whole(body, ARRIVAL, 1, "no", UNLIMITED)
