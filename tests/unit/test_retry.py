"""What goes to the queues, checked by the SDK's own stub against the real service model."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from putevents import retry
from putevents.retry import RetryQueue
from putevents.schemas import Event, PublicEndpoint, ValidBatch
from putevents.settings import Settings
from tests.unit.doors import ARRIVAL, ENVIRONMENT

QUEUE, DEAD = ENVIRONMENT["RETRY_QUEUE_URL"], ENVIRONMENT["DEAD_LETTER_QUEUE_URL"]
EVENT = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z")


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


def test_what_failed_is_queued_as_the_cli_takes_it(retry_queue: RetryQueue, sqs: Stubber) -> None:
    body = (
        '{"ApplicationId":"my \\"app\\"","EventsRequest":{"BatchItem":{"phone":{"Endpoint":{},'
        '"Events":{"1":{"EventType":"a","Timestamp":"2026-11-24T10:00:00Z"}}}}}}'
    )
    attributes = {
        "Attempt": {"DataType": "Number", "StringValue": "1"},
        "RequestId": {"DataType": "String", "StringValue": ARRIVAL.request_id},
        "ArrivalTimestamp": {"DataType": "Number", "StringValue": str(ARRIVAL.timestamp)},
    }
    sqs.add_response(
        "send_message", {}, sent(QUEUE, body, DelaySeconds=30, MessageAttributes=attributes)
    )
    assert (
        retry_queue.queue(
            'my "app"', {"phone": ValidBatch(PublicEndpoint(), {"1": EVENT})}, ARRIVAL
        )
        == []
    )
    assert json.loads(body)["ApplicationId"] == 'my "app"'


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 30), (2, 120), (3, 480), (4, 900), (99, 900)])
def test_the_delay_grows_fourfold_up_to_sqs_limit(
    retry_queue: RetryQueue, attempt: int, seconds: int
) -> None:
    assert retry_queue.delay(attempt) == seconds


def test_what_the_queue_refuses_is_told_piece_by_piece(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    large = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="x" * 700_000)
    batch_item = {"phone": ValidBatch(PublicEndpoint(OptOut="ALL"), {"1": large, "2": large})}
    sqs.add_client_error("send_message", "ThrottlingException", http_status_code=400)
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=30))
    [refused] = retry_queue.queue("a", batch_item, ARRIVAL)
    assert refused["phone"].events == {"1": large}
    assert refused["phone"].endpoint.opt_out == "ALL"


def test_a_message_has_only_characters_that_sqs_takes(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    bodies: list[str] = []
    retry_queue._client.meta.events.register_first(
        "provide-client-params.sqs.SendMessage",
        lambda params, **_: bodies.append(params["MessageBody"]),
    )
    odd = Event(EventType="\ufffe\uffff\0", Timestamp="2026-11-24T10:00:00Z")
    sqs.add_response("send_message", {}, sent(QUEUE, ANY, DelaySeconds=30))
    retry_queue.queue("a", {"phone": ValidBatch(PublicEndpoint(), {"1": odd})}, ARRIVAL)
    assert not set(bodies[0]) & {"\ufffe", "\uffff", "\0"}
    event = json.loads(bodies[0])["EventsRequest"]["BatchItem"]["phone"]["Events"]["1"]
    assert event["EventType"] == "\ufffe\uffff\0"


def test_dead_letters_keep_the_parts_as_they_came_with_the_reason(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    raw = {"phone": {"Endpoint": {}, "Events": {"1": {"Odd": 1}}}}
    body = json.dumps({"BatchItem": raw})
    attributes = {
        "Reason": {"DataType": "String", "StringValue": "no\\n\\xe9"},
        "RequestId": {"DataType": "String", "StringValue": ARRIVAL.request_id},
        "ArrivalTimestamp": {"DataType": "Number", "StringValue": str(ARRIVAL.timestamp)},
    }
    expected = sent(DEAD, f'{{"ApplicationId":"a","EventsRequest":{body}}}')
    sqs.add_response("send_message", {}, {**expected, "MessageAttributes": attributes})
    assert retry_queue.bury("a", raw, "no\né", ARRIVAL)
    sqs.add_client_error("send_message", "QueueDoesNotExist")
    assert not retry_queue.bury("a", raw, "no", ARRIVAL)


def test_a_message_that_failed_whole_waits_longer(retry_queue: RetryQueue, sqs: Stubber) -> None:
    expected = {"QueueUrl": QUEUE, "ReceiptHandle": "r", "VisibilityTimeout": 120}
    sqs.add_response("change_message_visibility", {}, expected)
    retry_queue.postpone("r", 2)


def test_a_message_that_cannot_be_postponed_is_no_error(
    retry_queue: RetryQueue, sqs: Stubber
) -> None:
    sqs.add_client_error("change_message_visibility", "ReceiptHandleIsInvalid")
    retry_queue.postpone("r", 1)


def test_when_time_is_up_the_queue_is_not_asked_again(
    retry_queue: RetryQueue, sqs: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_BUDGET_SECONDS", -1)
    batch_item = {"phone": ValidBatch(PublicEndpoint(), {"1": EVENT})}
    assert retry_queue.queue("a", batch_item, ARRIVAL) == [batch_item]
