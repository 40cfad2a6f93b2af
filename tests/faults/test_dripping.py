"""Answers that drip, over real connections: both doors answer in their time and lose nothing."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.config import Config

from local.database import FILE, Database
from local.event_source import EventSource
from local.queue_message import QUEUE
from local.queues import Queues
from local.sqs import SqsApi
from local.sqs_protocols import TARGET
from putevents.destinations import pinpoint
from putevents.destinations.lake import dynamodb, firehose
from putevents.destinations.lake.destination import LakeDestination
from putevents.queue.retry import RetryQueue
from tests.dripping import Dripping, dripping
from tests.faults.books import Book
from tests.faults.ledger import Balance, Key, Ledger, keys, keys_of_message
from tests.unit.doors import Context, Doors, http_event, settings
from tests.upstream import accept_all

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
QUICK = Config(read_timeout=0.2, connect_timeout=0.5)
LAKE = {"ENDPOINT_TABLE": "table", "EVENT_STREAM_PREFIX": "p-", "REJECTED_STREAM": "rejected"}


class Stage:
    """A destination and a queue that drip when told to, and both doors before them."""

    def __init__(self, folder: Path, stack: ExitStack, patch: pytest.MonkeyPatch) -> None:
        self.ledger, self.stored = Ledger(), Counter[Key]()
        self._database = Database(folder / FILE)
        stack.callback(self._database.close)
        self.queues = Queues(self._database, visibility_seconds=0)
        self._sqs = SqsApi(self.queues)
        self.destination: Dripping = stack.enter_context(dripping("body", self._deliver))
        self.queue: Dripping = stack.enter_context(dripping("headers", self._ask_queue))
        self.queue.drips = lambda _: False
        for service in ("PINPOINT", "FIREHOSE", "DYNAMODB"):
            patch.setenv(f"AWS_ENDPOINT_URL_{service}", self.destination.url)
        patch.setenv("AWS_ENDPOINT_URL_SQS", self.queue.url)
        for name, value in LAKE.items():
            patch.setenv(name, value)
        for module in (pinpoint, firehose, dynamodb):
            patch.setattr(module, "_CONFIG", module._CONFIG.merge(QUICK))
        self.use(pinpoint.PinpointDestination())

    def use(self, destination: Any) -> None:
        """Put a new gateway before another destination."""
        url = self.queue.url
        urls = {"RETRY_QUEUE_URL": f"{url}/queue", "DEAD_LETTER_QUEUE_URL": f"{url}/dead-letters"}
        self._doors = Doors(destination, RetryQueue(settings(**urls)))
        self._source = EventSource(
            self.queues, lambda event: self._doors.queue(event, Context()), "us-east-1"
        )

    def put(self, application_id: str, request: Any) -> None:
        self.ledger.send(application_id, request)
        answer = self._doors.api(
            http_event(request, f"/v1/apps/{application_id}/events"), Context()
        )
        self.ledger.answer(application_id, json.loads(answer["body"])["Results"])

    def produce(self, application_id: str, request: Any) -> None:
        self.ledger.send(application_id, request)
        body = {"ApplicationId": application_id, "EventsRequest": request}
        self._sqs.answer(
            "SendMessage",
            json.dumps(
                {"QueueUrl": f"{self.queue.url}/queue", "MessageBody": json.dumps(body)}
            ).encode(),
        )
        self.ledger.accept(application_id, request)

    def work(self) -> None:
        self._source.deliver_due()

    def bodies(self) -> list[str]:
        with self._database.transaction() as connection:
            return [body for (body,) in connection.execute("SELECT body FROM messages")]

    def balance(self) -> Balance:
        return self.ledger.balance(self.stored, self.bodies())

    def _deliver(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        path = head.split(b" ")[1].decode().split("/")
        if self.destination.drips(request) or len(path) < 4:
            return b"{}"
        self.stored.update(keys(unquote(path[3]), json.loads(body)))
        return json.dumps(accept_all(json.loads(body))).encode()

    def _ask_queue(self, request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        [target] = [line for line in head.decode().split("\r\n") if TARGET in line]
        action = target.rpartition(TARGET)[2]
        return json.dumps(self._sqs.answer(action, body)[1]).encode()


@pytest.fixture(name="stage")
def _stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(tmp_path, stack, monkeypatch)


def request(name: str, count: int = 3) -> Any:
    events = {f"{name}-{number}": EVENT for number in range(count)}
    return {"BatchItem": {name: {"Endpoint": {"OptOut": "NONE"}, "Events": events}}}


@pytest.mark.parametrize("kind", ["pinpoint", "lake"])
def test_a_request_is_queued_while_the_destination_drips(
    stage: Stage, kind: str, book: Book
) -> None:
    if kind == "lake":
        stage.use(LakeDestination())
    stage.put("my-app", request("x"))
    balance = stage.balance()
    assert (balance.sent, balance.waiting, balance.kept, balance.lost) == (3, 3, 0, 0)
    book("destination: dripping, over real connections", balance)


def test_messages_of_another_application_are_delivered_while_the_destination_drips_for_one(
    stage: Stage, book: Book
) -> None:
    stage.destination.drips = lambda request: b"/v1/apps/my-app/" in request
    for number in range(4):
        stage.produce("my-app", request(f"slow-{number}"))
        stage.produce("other-app", request(f"good-{number}"))
    stage.work()
    balance = stage.balance()
    assert (balance.stored, balance.waiting, balance.lost) == (12, 12, 0)
    waiting = {key[0] for body in stage.bodies() for key in keys_of_message(body)}
    assert waiting == {"my-app"}
    book("destination: dripping, over real connections", balance)


def test_a_queue_that_drips_makes_it_a_500_for_each_event(stage: Stage, book: Book) -> None:
    stage.queue.drips = lambda _: True
    stage.put("my-app", request("x"))
    balance = stage.balance()
    # The queue did what it was asked; its answer came too late to say so.
    assert (balance.sent, balance.again, balance.lost) == (3, 3, 0)
    book("queue: dripping, over real connections", balance)


def test_messages_stay_while_both_drip(stage: Stage, book: Book) -> None:
    stage.queue.drips = lambda _: True
    stage.produce("my-app", request("x"))
    stage.work()
    assert stage.queues.counts(QUEUE)[0] + stage.queues.counts(QUEUE)[1] == 1
    balance = stage.balance()
    assert (balance.waiting, balance.lost) == (3, 0)
    book("queue: dripping, over real connections", balance)
