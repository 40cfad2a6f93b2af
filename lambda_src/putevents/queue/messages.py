"""Messages for our queues: bodies and attributes within SQS's limits, and batches of them."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from putevents.wire.arrival import Arrival
from putevents.wire.batches import batches
from putevents.wire.schemas import ValidBatch
from putevents.wire.split import split

# SQS takes 1 MiB a message, its attributes included, and 1 MiB for all of a batch; 2 KiB of it are
# left for the attributes and what stands around the EventsRequest.
_MAX_BYTES = 1024 * 1024
_OVERHEAD_BYTES = 2048
MAX_MESSAGE_BYTES = _MAX_BYTES - _OVERHEAD_BYTES
MAX_MESSAGE_ITEMS = 1000
MAX_BATCH_ENTRIES = 10
ATTEMPT = "Attempt"
REASON = "Reason"
REQUEST_ID = "RequestId"
ARRIVAL_TIMESTAMP = "ArrivalTimestamp"
_REASON_LENGTH = 256


class NewMessage(NamedTuple):
    body: str
    attributes: dict[str, dict[str, str]]
    delay_seconds: int = 0

    @property
    def parameters(self) -> dict[str, Any]:
        """As the members of SendMessage, or of one entry of SendMessageBatch."""
        return {
            "MessageBody": self.body,
            "MessageAttributes": self.attributes,
            "DelaySeconds": self.delay_seconds,
        }


def attributes(arrival: Arrival, attempt: int, reason: str | None = None) -> Any:
    """What rides along: when and by which request it came in, how often tried, and why not."""
    found = {
        ATTEMPT: _number(attempt),
        REQUEST_ID: _string(arrival.request_id),
        ARRIVAL_TIMESTAMP: _number(arrival.timestamp),
    }
    if reason is not None:
        text = reason.encode("unicode_escape").decode()[:_REASON_LENGTH]
        found[REASON] = _string(text or "unknown")
    return found


def valid_pieces(
    application_id: str, batch_item: dict[str, ValidBatch], max_bytes: int = MAX_MESSAGE_BYTES
) -> Iterator[tuple[dict[str, ValidBatch], str]]:
    """Valid parts cut to what fits into messages: each piece and its body."""
    for piece in split(batch_item, max_items=MAX_MESSAGE_ITEMS, max_bytes=max_bytes):
        body = _body(application_id, piece.wire.decode())
        # What SQS refuses had to be escaped, which can double a text.
        if _is_too_long(body) and sum(map(len, piece.texts.values())) > 1 + len(piece.texts):
            yield from valid_pieces(application_id, piece.batch_item, max_bytes // 2)
        else:
            yield piece.batch_item, body


def raw_bodies(application_id: str, raw: dict[str, Any]) -> Iterator[str]:
    """Raw parts of a BatchItem as bodies, cut in halves until each fits or is a single part."""
    # Letters stay letters, so that parts of a message are no longer than the message was; half a
    # surrogate pair, which cannot be encoded, becomes an escape again.
    wire = json.dumps({"BatchItem": raw}, ensure_ascii=False, separators=(",", ":"))
    body = _body(application_id, wire.encode("utf-8", "backslashreplace").decode())
    halves = _halves(raw) if _is_too_long(body) else []
    for half in halves:
        yield from raw_bodies(application_id, half)
    if not halves:
        yield body


def packs(messages: Sequence[NewMessage]) -> Iterator[list[int]]:
    """The numbers of the messages, in batches that SQS takes at once."""
    return batches(
        range(len(messages)),
        lambda number: len(messages[number].body.encode()) + _OVERHEAD_BYTES,
        max_size=_MAX_BYTES,
        max_count=MAX_BATCH_ENTRIES,
    )


def _halves(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Several endpoints, or one endpoint's events, in two; nothing if it is a single part."""
    if len(raw) > 1:
        return [dict(half) for half in _cut(raw)]
    [(endpoint_id, batch)] = raw.items()
    events = batch.get("Events") if isinstance(batch, dict) else None
    if not isinstance(events, dict) or len(events) < 2:
        return []
    first, second = _cut(events)
    return [
        {endpoint_id: {**batch, "Events": first}},
        {endpoint_id: {"Endpoint": {}, "Events": second}},
    ]


def _cut(whole: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    items = iter(whole.items())
    return dict(islice(items, len(whole) // 2)), dict(items)


def _body(application_id: str, wire: str) -> str:
    text = f'{{"ApplicationId":{json.dumps(application_id)},"EventsRequest":{wire}}}'
    # The two characters of JSON text that SQS refuses in a message.
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _is_too_long(body: str) -> bool:
    # Four bytes are the most that a character takes: a short text need not be measured.
    return 4 * len(body) > MAX_MESSAGE_BYTES and len(body.encode()) > MAX_MESSAGE_BYTES


def _string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _number(value: int) -> dict[str, str]:
    return {"DataType": "Number", "StringValue": str(value)}
