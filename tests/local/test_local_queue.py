"""The queues as SQS clients see them, and the way of a message through the queue handler."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.database import FILE, Database
from local.event_source import EventSource
from local.queue_message import DEAD_LETTERS, QUEUE, NewMessage
from local.queues import MAX_BATCH_BYTES, MAX_RECEIVE_COUNT, Queues
from tests.local.running_gateway import EVENT, RunningGateway, put_events_body

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

    Attributes = dict[str, MessageAttributeValueTypeDef]


@pytest.fixture(name="queues")
def _queues(tmp_path: Path) -> Iterator[Queues]:
    database = Database(tmp_path / FILE)
    yield Queues(database, visibility_seconds=0)
    database.close()


@pytest.fixture(name="sqs")
def _sqs(gateway: RunningGateway) -> Iterator["SQSClient"]:
    client = boto3.client(
        "sqs",
        endpoint_url=gateway.url,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    yield client
    client.close()


def queue_url(gateway: RunningGateway, name: str = QUEUE) -> str:
    return f"{gateway.url}/{name}"


def message(application_id: str, body: Any = None) -> str:
    return json.dumps({"ApplicationId": application_id, "EventsRequest": body or put_events_body()})


def test_a_message_ends_in_the_store(gateway: RunningGateway, sqs: "SQSClient") -> None:
    printed = len(gateway.lines)
    sqs.send_message(QueueUrl=queue_url(gateway), MessageBody=message("from-queue"))
    gateway.wait_for("queue  1 taken", printed)

    assert gateway.stored("from-queue") == [("device", "1", "hello")]


def test_a_batch_of_messages_ends_in_the_store(gateway: RunningGateway, sqs: "SQSClient") -> None:
    printed = len(gateway.lines)
    answer = sqs.send_message_batch(
        QueueUrl=queue_url(gateway),
        Entries=[
            {"Id": "good", "MessageBody": message("batch")},
            {"Id": "empty", "MessageBody": ""},
            {"Id": "late", "MessageBody": "x", "DelaySeconds": 901},
            {"Id": "nul", "MessageBody": "\u0000"},
        ],
    )
    gateway.wait_for("queue  1 taken", printed)

    assert [sent["Id"] for sent in answer["Successful"]] == ["good"]
    assert {failed["Id"]: failed["Code"] for failed in answer["Failed"]} == {
        "empty": "InvalidParameterValue",
        "late": "InvalidParameterValue",
        "nul": "InvalidMessageContents",
    }
    assert gateway.stored("batch") == [("device", "1", "hello")]


def test_a_poison_message_ends_with_the_dead_letters_and_holds_up_nobody(
    gateway: RunningGateway, sqs: "SQSClient"
) -> None:
    printed = len(gateway.lines)
    poison = f"no JSON at all, {printed}"
    entries: Any = [
        {"Id": "1", "MessageBody": poison},
        {"Id": "2", "MessageBody": message("beside-poison")},
    ]
    sqs.send_message_batch(QueueUrl=queue_url(gateway), Entries=entries)
    gateway.wait_for("queue  2 taken", printed)

    sql = "SELECT attributes FROM messages WHERE queue = ? AND body = ?"
    [(attributes,)] = gateway.rows(sql, DEAD_LETTERS, poison)
    assert json.loads(attributes)["Reason"]["StringValue"] == "The body is not valid JSON."
    assert gateway.stored("beside-poison") == [("device", "1", "hello")]


def test_what_the_queue_door_rejects_is_kept_with_its_rule(
    gateway: RunningGateway, sqs: "SQSClient"
) -> None:
    printed = len(gateway.lines)
    bad = {"EventType": "no timestamp"}
    mixed = put_events_body({"good": EVENT, "bad": bad})
    sqs.send_message(QueueUrl=queue_url(gateway), MessageBody=message("mixed", mixed))
    gateway.wait_for("queue  1 taken", printed)
    sql = "SELECT event_id, rule, event FROM rejected_events WHERE application_id = 'mixed'"

    [(event_id, rule, event)] = gateway.rows(sql)
    assert gateway.stored("mixed") == [("device", "good", "hello")]
    assert (event_id, rule, json.loads(event)) == ("bad", "Missing Timestamp", bad)
    dead = "SELECT count(*) FROM messages WHERE queue = ? AND body LIKE '%\"mixed\"%'"
    assert gateway.rows(dead, DEAD_LETTERS) == [(0,)]


def test_dead_letters_can_be_counted_read_and_deleted(
    gateway: RunningGateway, sqs: "SQSClient"
) -> None:
    url = queue_url(gateway, DEAD_LETTERS)
    why: Attributes = {"Reason": {"DataType": "String", "StringValue": "none"}}
    sqs.send_message(QueueUrl=url, MessageBody="for a person", MessageAttributes=why)
    before = sqs.get_queue_attributes(QueueUrl=url)["Attributes"]["ApproximateNumberOfMessages"]
    letters = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=30)
    mine = next(letter for letter in letters["Messages"] if letter["Body"] == "for a person")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=mine["ReceiptHandle"])

    assert mine["MessageAttributes"] == why
    assert int(before) >= 1
    assert gateway.rows("SELECT 1 FROM messages WHERE body = 'for a person'") == []


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "1", "MessageBody": "x"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": str(n), "MessageBody": "x" * 524_289} for n in range(2)], "BatchRequestTooLong"),
    ],
)
def test_a_batch_over_a_limit_is_refused_whole(
    gateway: RunningGateway, sqs: "SQSClient", entries: list[Any], code: str
) -> None:
    with pytest.raises(getattr(sqs.exceptions, code)):
        sqs.send_message_batch(QueueUrl=queue_url(gateway), Entries=entries)


def test_a_message_may_have_a_mebibyte_and_no_more(
    gateway: RunningGateway, sqs: "SQSClient"
) -> None:
    url = queue_url(gateway, DEAD_LETTERS)
    attributes: Attributes = {"A": {"DataType": "Number", "StringValue": "1"}}  # eight bytes
    body = "x" * (1024 * 1024 - 8)

    assert sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
    with pytest.raises(ClientError, match="1048576 bytes"):
        sqs.send_message(QueueUrl=url, MessageBody=body + "x", MessageAttributes=attributes)


def test_a_queue_that_is_not_here_and_an_action_that_is_not_offered_are_said_so(
    gateway: RunningGateway, sqs: "SQSClient"
) -> None:
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.send_message(QueueUrl=f"{gateway.url}/other", MessageBody="x")
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.change_message_visibility(
            QueueUrl=queue_url(gateway), ReceiptHandle="no such", VisibilityTimeout=1
        )
    entry: Any = {"Id": "1", "ReceiptHandle": "no such", "VisibilityTimeout": 1}
    answer = sqs.change_message_visibility_batch(QueueUrl=queue_url(gateway), Entries=[entry])
    assert answer["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"
    with pytest.raises(sqs.exceptions.UnsupportedOperation):
        sqs.purge_queue(QueueUrl=queue_url(gateway))


def test_a_received_message_is_hidden_until_its_time_has_come(queues: Queues) -> None:
    queues.send(QUEUE, [NewMessage("one", {})])
    [first] = queues.receive(QUEUE, 10, visibility_seconds=60)
    hidden = queues.receive(QUEUE, 10)
    queues.change_visibility(QUEUE, first.receipt_handle, 0)
    [second] = queues.receive(QUEUE, 10)

    assert hidden == []
    assert (first.receive_count, second.receive_count) == (1, 2)
    assert first.first_received_at == second.first_received_at


def test_a_delayed_message_is_not_due(queues: Queues) -> None:
    queues.send(QUEUE, [NewMessage("late", {}, delay_seconds=60), NewMessage("now", {})])

    assert [m.body for m in queues.receive(QUEUE, 10, visibility_seconds=60)] == ["now"]
    assert queues.counts(QUEUE) == (0, 1, 1)


def test_an_old_receipt_handle_deletes_nothing(queues: Queues) -> None:
    queues.send(QUEUE, [NewMessage("one", {})])
    [first] = queues.receive(QUEUE, 10)
    queues.receive(QUEUE, 10)
    queues.delete(QUEUE, [first.receipt_handle])

    assert len(queues.receive(QUEUE, 10)) == 1


def test_a_batch_fits_into_one_invocation(queues: Queues) -> None:
    queues.send(QUEUE, [NewMessage("x" * 1024 * 1024, {})] * 10)

    taken = queues.receive(QUEUE, 10, visibility_seconds=60)

    assert sum(len(m.body) for m in taken) == MAX_BATCH_BYTES
    assert len(queues.receive(QUEUE, 10)) == 4


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (None, []),
        ({}, []),
        ({"batchItemFailures": []}, []),
        ({"batchItemFailures": [{"itemIdentifier": "second"}]}, ["second"]),
        ({"batchItemFailures": [{"itemIdentifier": "somebody else's"}]}, ["first", "second"]),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, ["first", "second"]),
        ({"batchItemFailures": [{"key": "second"}]}, ["first", "second"]),
        ("no answer of this kind", ["first", "second"]),
    ],
)
def test_only_what_the_handler_took_leaves_the_queue(
    queues: Queues, answer: Any, left: list[str]
) -> None:
    def handler(event: dict[str, Any]) -> Any:
        ids = {record["body"]: record["messageId"] for record in event["Records"]}
        text = json.dumps(answer)
        return json.loads(text.replace('"second"', json.dumps(ids["second"])))

    queues.send(QUEUE, [NewMessage("first", {}), NewMessage("second", {})])
    EventSource(queues, handler, "us-east-1").deliver_due()

    assert [m.body for m in queues.receive(QUEUE, 10)] == left


def test_a_handler_that_raises_leaves_everything_on_the_queue(queues: Queues) -> None:
    def handler(event: dict[str, Any]) -> Any:
        raise RuntimeError(event)

    queues.send(QUEUE, [NewMessage("one", {})])
    source = EventSource(queues, handler, "us-east-1")
    for _ in range(MAX_RECEIVE_COUNT):
        source.deliver_due()
    tried = queues.counts(QUEUE)
    source.deliver_due()

    assert (tried, queues.counts(QUEUE)) == ((1, 0, 0), (0, 0, 0))
    assert [m.body for m in queues.receive(DEAD_LETTERS, 10)] == ["one"]
