"""The event source mapping: gives the queue handler batches, and keeps what it did not take."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from local.queue_message import QUEUE, Message
from local.queues import MAX_RECEIVE_COUNT, Queues
from local.sqs_messages import md5_of, md5_of_attributes, system_attributes

BATCH_SIZE = 10
RETRY_SECONDS = 5  # until the disk is tried again
PAUSED_SECONDS = 0.2  # until it is looked again whether runs are held back

log = logging.getLogger("local")


class RunWatch:
    """Is told of each run of the handler, and can hold the next one back."""

    @property
    def is_paused(self) -> bool:
        """Whether no run begins now."""
        return False

    def started(self, messages: Sequence[Message]) -> None:
        """The handler begins with these."""

    def ended(self, messages: Sequence[Message], failed: Collection[str]) -> None:
        """The handler is done with these; the failed ones stay on the queue."""


class EventSource:
    """Invokes the handler, in a thread of its own, for every message that is due."""

    def __init__(
        self,
        queues: Queues,
        invoke: Callable[[dict[str, Any]], Any],
        region: str,
        watch: RunWatch | None = None,
    ) -> None:
        self._queues = queues
        self._watch = watch or RunWatch()
        self._invoke = invoke
        self._region = region
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-source", daemon=True)

    def start(self) -> None:
        """Begin to deliver messages."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the current batch, then end the thread."""
        self._stopping.set()
        self._queues.wake()
        self._thread.join()

    def _run(self) -> None:
        is_adjusted = False
        while not self._stopping.is_set():
            try:
                if not is_adjusted:
                    self._queues.adjust()
                    is_adjusted = True
                if self._watch.is_paused:
                    self._stopping.wait(PAUSED_SECONDS)
                    continue
                self.deliver_due()
                self._queues.wait_until_due(self._stopping)
            except sqlite3.Error as error:
                log.error("queue  cannot be read, trying again in %d s: %s", RETRY_SECONDS, error)
                self._stopping.wait(RETRY_SECONDS)

    def deliver_due(self) -> None:
        """Invoke the handler for one batch; failed messages stay in the queue."""
        if buried := self._queues.bury_exhausted():
            log.info("queue  %d to the dead letters after %d tries", buried, MAX_RECEIVE_COUNT)
        messages = self._queues.receive(QUEUE, BATCH_SIZE)
        if not messages:
            return
        self._watch.started(messages)
        failed = self._failures(messages)
        taken = [m.receipt_handle for m in messages if m.message_id not in failed]
        self._queues.delete(QUEUE, taken)
        self._watch.ended(messages, failed)
        log.info("queue  %d taken%s", len(taken), f", {len(failed)} left for later" * bool(failed))

    def _failures(self, messages: list[Message]) -> Collection[str]:
        """Return the ids of failed messages: all of them if the handler's answer is not valid."""
        ids = {message.message_id for message in messages}
        try:
            answer = self._invoke(sqs_event(messages, self._region))
            failed = {
                item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures") or ()
            }
        except Exception as error:  # on Lambda too, a handler that raises fails the whole batch
            log.error("queue  handler failed: %s", type(error).__name__)
            return ids
        return failed if failed <= ids else ids


def sqs_event(messages: list[Message], region: str) -> dict[str, Any]:
    """Build the event of a function that an SQS queue triggers."""
    return {"Records": [_record(message, region) for message in messages]}


def _record(message: Message, region: str) -> dict[str, Any]:
    record = {
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": system_attributes(message),
        "messageAttributes": {
            name: {
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": value["DataType"],
                **{
                    key[0].lower() + key[1:]: value[key]
                    for key in ("StringValue", "BinaryValue")
                    if key in value
                },
            }
            for name, value in message.attributes.items()
        },
        "md5OfBody": md5_of(message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{region}:000000000000:{QUEUE}",
        "awsRegion": region,
    }
    if message.attributes:
        record["md5OfMessageAttributes"] = md5_of_attributes(message.attributes)
    return record
