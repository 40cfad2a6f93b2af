"""The format of queue messages, written and read: bodies, and the attributes that ride along."""

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from pydantic_core import to_json

from putevents.wire.arrival import Arrival
from putevents.wire.caller import Caller
from putevents.wire.schemas import AsOfArrival, EndpointResponse, QueueMessage, ValidBatch
from putevents.wire.split import split

# SQS takes 1 MiB a message, its attributes included, and 1 MiB for all of a batch; 2 KiB of it are
# left for the attributes and what stands around the EventsRequest.
MAX_BYTES = 1024 * 1024
OVERHEAD_BYTES = 2048
MAX_MESSAGE_BYTES = MAX_BYTES - OVERHEAD_BYTES
MAX_MESSAGE_ITEMS = 1000
ATTEMPT = "Attempt"
REASON = "Reason"
REQUEST_ID = "RequestId"
ARRIVAL_TIMESTAMP = "ArrivalTimestamp"
QUEUED_TIMESTAMP = "QueuedTimestamp"
CALLER = "Caller"
DESTINATIONS = "Destinations"
_REASON_LENGTH = 256
_DESTINATIONS_LENGTH = 128
_REQUEST_ID_LENGTH = 128  # what a producer may have written instead is not carried along


class Rest(NamedTuple):
    """Valid parts that wait for a later attempt: when they came, how often they were tried.

    `queued_at` is when they first came to the queue, 0 if they come to it now. `destinations` are
    those that lack them; none are named where there is only one. `is_enriched` says that raw parts
    beside them have envelopes of enriched events for events.
    """

    application_id: str
    batch_item: dict[str, ValidBatch]
    arrival: Arrival
    attempt: int = 1
    queued_at: int = 0
    destinations: tuple[str, ...] = ()
    is_enriched: bool = False


class NewMessage(NamedTuple):
    """A message to send."""

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


class ReceivedMessage:
    """A message as the event source mapping hands it over."""

    def __init__(self, record: SQSRecord) -> None:
        self._record = record
        self.id = record.message_id
        self.receipt_handle = record.receipt_handle

    @property
    def body(self) -> str:
        """The JSON of a QueueMessage, unless a producer sent something else."""
        return self._record.body

    @property
    def attempt(self) -> int:
        """Which attempt this is, including those on the messages that it replaces."""
        received = int(self._record.attributes.approximate_receive_count or 1)
        # A dead letter that came back starts again: whoever sent it back has mended something.
        return received + (0 if self._attribute(REASON) else _number(self._attribute(ATTEMPT)))

    @property
    def has_waited(self) -> bool:
        """Whether it, or what it is the rest of, was tried before, so that the log names it."""
        return self.attempt > 1 or bool(self._attribute(REASON))

    @cached_property
    def arrival(self) -> Arrival:
        """When it first came in: our own messages say so, a producer's came as it was sent.

        What a producer says instead is believed only if it can be true.
        """
        request_id = self._attribute(REQUEST_ID)
        if not 0 < len(request_id) <= _REQUEST_ID_LENGTH:
            request_id = self.id
        caller = Caller.of_text(self._attribute(CALLER))
        arrival = Arrival(request_id, self._sent_at, caller=caller)
        return arrival.claimed(_number(self._attribute(ARRIVAL_TIMESTAMP)))

    @property
    def queued_at(self) -> int:
        """When it, or the message that it replaces, came to the queue; a redrive begins anew."""
        sent = Arrival(self.id, self._sent_at)
        if not self._attribute(REASON):
            sent = sent.claimed(_number(self._attribute(QUEUED_TIMESTAMP)))
        return sent.timestamp

    @property
    def destinations(self) -> tuple[str, ...]:
        """Which destinations lack it; nothing if it says nothing, then all of them do."""
        return destinations_in(self._attribute(DESTINATIONS))

    @property
    def again(self) -> "NewMessage":
        """The same message, to be sent instead of this one."""
        found = attributes(
            self.arrival,
            self.attempt,
            queued_at=self.queued_at,
            destinations=self.destinations,
        )
        return NewMessage(self.body, found)

    @cached_property
    def _sent_at(self) -> int:
        sent = _number(self._record.raw_event["attributes"].get("SentTimestamp", ""))
        return sent or Arrival.now(self.id).timestamp

    def _attribute(self, name: str) -> str:
        # A producer may have sent one of our names with a type of its own: that is ignored.
        attributes = self._record.raw_event.get("messageAttributes", {})
        return attributes.get(name, {}).get("stringValue") or ""


def destinations_in(text: str) -> tuple[str, ...]:
    """Return the destinations that the attribute of a message names."""
    names = (name.strip() for name in text[:_DESTINATIONS_LENGTH].split(","))
    return tuple(dict.fromkeys(filter(None, names)))


def attributes(
    arrival: Arrival,
    attempt: int,
    reason: str | None = None,
    queued_at: int = 0,
    destinations: Sequence[str] = (),
) -> Any:
    """Return what rides along.

    Which request brought it, when, how often it was tried, which destinations lack it, and why.
    """
    found = {
        ATTEMPT: {"DataType": "Number", "StringValue": str(attempt)},
        REQUEST_ID: _text(arrival.request_id),
        ARRIVAL_TIMESTAMP: {"DataType": "Number", "StringValue": str(arrival.timestamp)},
    }
    if who := arrival.caller.text:
        found[CALLER] = _text(who)
    if queued_at:
        found[QUEUED_TIMESTAMP] = {"DataType": "Number", "StringValue": str(queued_at)}
    if destinations:
        found[DESTINATIONS] = _text(",".join(destinations))
    if reason is not None:
        text = reason.encode("unicode_escape").decode()[:_REASON_LENGTH]
        found[REASON] = _text(text or "unknown")
    return found


def has_room(body: str, attributes: dict[str, dict[str, str]]) -> bool:
    """Whether SQS takes a message with these attributes: a producer's may be as large as it can."""
    if not is_too_long(body):
        return True
    texts = [text for name, found in attributes.items() for text in (name, *found.values())]
    return len(body.encode()) + sum(len(text.encode()) for text in texts) <= MAX_BYTES


def valid_pieces(
    application_id: str, batch_item: dict[str, ValidBatch], max_bytes: int = MAX_MESSAGE_BYTES
) -> Iterator[tuple[dict[str, ValidBatch], str]]:
    """Yield valid parts cut to what fits into messages: each piece and its body."""
    pieces = split(
        batch_item, max_items=MAX_MESSAGE_ITEMS, max_bytes=max_bytes, size_along=_size_along
    )
    for piece in pieces:
        along = _along(piece.batch_item)
        body = body_of(application_id, "EventsRequest", piece.wire.decode(), along)
        if not is_too_long(body):
            yield piece.batch_item, body
        # Characters that SQS does not take are escaped, which can double a text.
        elif sum(len(batch.events) or 1 for batch in piece.batch_item.values()) > 1:
            yield from valid_pieces(application_id, piece.batch_item, max_bytes // 2)
        elif halves := _endpoint_and_event(piece.batch_item):
            for half in halves:
                yield from valid_pieces(application_id, half, max_bytes)
        else:
            yield piece.batch_item, body


def _endpoint_and_event(batch_item: dict[str, ValidBatch]) -> list[dict[str, ValidBatch]]:
    """Cut one endpoint with one event in two; nothing if there is only one of them."""
    [(endpoint_id, batch)] = batch_item.items()
    if batch.endpoint is None or not batch.events:
        return []
    return [
        {endpoint_id: batch._replace(events={}, stored=None)},
        {endpoint_id: batch._replace(endpoint=None)},
    ]


def raw_bodies(application_id: str, raw: dict[str, Any]) -> Iterator[str]:
    """Yield raw parts of a BatchItem as bodies, halved until each fits or is a single part."""
    body = body_of(application_id, "EventsRequest", json_text({"BatchItem": raw}))
    halves = _halves(raw) if is_too_long(body) else []
    for half in halves:
        yield from raw_bodies(application_id, half)
    if not halves:
        yield body


def _halves(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Cut several endpoints, or one endpoint's events, in two; nothing if it is a single part."""
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


def as_of_arrival(
    message: QueueMessage,
) -> tuple[dict[str, int], dict[str, EndpointResponse]]:
    """What rode along: endpoints' places in their request, and how they were when it came in.

    What a producer wrote there instead is ignored.
    """
    orders: dict[str, int] = {}
    stored: dict[str, EndpointResponse] = {}
    for endpoint_id, found in (message.as_of_arrival or {}).items():
        if isinstance(found, AsOfArrival):
            orders[endpoint_id] = found.order
            if found.endpoint:
                stored[endpoint_id] = found.endpoint.response
    return orders, stored


def _along(batch_item: dict[str, ValidBatch]) -> str:
    """The member of a body that only our own messages have; nothing if it would say nothing."""
    members = [_member(id_, batch) for id_, batch in batch_item.items()]
    told = b",".join(filter(None, members)).decode()
    return f',"AsOfArrival":{{{told}}}' if told else ""


def _size_along(endpoint_id: str, batch: ValidBatch) -> int:
    return len(_member(endpoint_id, batch))


def _member(endpoint_id: str, batch: ValidBatch) -> bytes:
    if not batch.order and not batch.stored:
        return b""
    found: dict[str, Any] = {"Order": batch.order}
    if batch.stored:
        found["Endpoint"] = batch.stored
    return to_json(endpoint_id) + b":" + to_json(found)


def json_text(raw: Any) -> str:
    """Return raw parts as JSON, as a message has them."""
    # Letters stay letters, so that parts of a message are no longer than the message was; half a
    # surrogate pair, which cannot be encoded, becomes an escape again.
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace").decode()


def body_of(application_id: str, member: str, wire: str, along: str = "") -> str:
    """Return the body of a message that has this JSON as a member."""
    text = f'{{"ApplicationId":{json.dumps(application_id)},"{member}":{wire}{along}}}'
    # The two characters of JSON text that SQS does not take in a message.
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def is_too_long(body: str) -> bool:
    """Whether a body is too long for a message with attributes."""
    # Four bytes are the most that a character takes: a short text need not be measured.
    return 4 * len(body) > MAX_MESSAGE_BYTES and len(body.encode()) > MAX_MESSAGE_BYTES


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
