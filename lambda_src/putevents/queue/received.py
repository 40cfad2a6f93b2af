"""A message of the queue: what it holds, how often it was tried, and what became of it."""

from dataclasses import dataclass, field
from functools import cached_property

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from putevents.ingest.submission import Report
from putevents.queue.messages import ARRIVAL_TIMESTAMP, ATTEMPT, REASON, REQUEST_ID
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import ItemResponse, ValidBatch


@dataclass
class Message:
    """One record of the batch; while it has no `failure`, all is well with it."""

    record: SQSRecord
    report: Report = field(default_factory=lambda: Report(""))
    good: dict[str, ValidBatch] = field(default_factory=dict)
    answers: dict[str, ItemResponse] = field(default_factory=dict)
    failure: str | None = None
    is_hopeless: bool = False  # no later attempt would do better
    is_buried: bool = False

    @property
    def events(self) -> int:
        """How many good events it holds."""
        return sum(len(batch.events) for batch in self.good.values())

    @property
    def items(self) -> int:
        """How much of a call it takes: an endpoint alone counts as an event does."""
        return sum(len(batch.events) or 1 for batch in self.good.values())

    @property
    def attempt(self) -> int:
        """Which attempt this is, those on the messages counted that it replaces."""
        received = int(self.record.attributes.approximate_receive_count or 1)
        # A dead letter that came back begins anew: whoever sent it back has mended something.
        return received + (0 if self._attribute(REASON) else _number(self._attribute(ATTEMPT)))

    @cached_property
    def size(self) -> int:
        """Bytes of its body."""
        return len(self.record.body.encode())

    @cached_property
    def arrival(self) -> Arrival:
        """When it first came in: a message of our own says so, a producer's came as it was sent."""
        sent = _number(self.record.raw_event["attributes"].get("SentTimestamp", ""))
        return Arrival(
            self._attribute(REQUEST_ID) or self.record.message_id,
            _number(self._attribute(ARRIVAL_TIMESTAMP)) or sent,
        )

    def _attribute(self, name: str) -> str:
        # A producer may have sent one of our names with a type of its own, which counts as none.
        attributes = self.record.raw_event.get("messageAttributes", {})
        return attributes.get(name, {}).get("stringValue") or ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
