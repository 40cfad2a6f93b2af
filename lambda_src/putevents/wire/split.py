"""Cuts what is too large for one call or message into pieces within limits of count and size."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from putevents.wire.schemas import NO_UPDATE, PublicEndpoint, ValidBatch

ThingT = TypeVar("ThingT")

_WRAPPER = len(b'{"BatchItem":{}}')
_SEPARATORS = len(b"}},,")


def batches(
    things: Iterable[ThingT],
    size_of: Callable[[ThingT], int],
    *,
    max_size: int,
    max_count: int = sys.maxsize,
) -> Iterator[list[ThingT]]:
    """Yield things in order, as many together as the limits allow; one over `max_size` is alone."""
    batch: list[ThingT] = []
    total = 0
    for thing in things:
        size = size_of(thing)
        if batch and (len(batch) == max_count or total + size > max_size):
            yield batch
            batch, total = [], 0
        batch.append(thing)
        total += size
    if batch:
        yield batch


class Piece(NamedTuple):
    """A smaller EventsRequest: its parts, and per endpoint the JSON texts they are made of."""

    batch_item: dict[str, ValidBatch]
    texts: dict[str, list[bytes]]

    @property
    def wire(self) -> bytes:
        """The piece as the JSON of an EventsRequest."""
        batches = (head + b",".join(events) + b"}}" for head, *events in self.texts.values())
        return b'{"BatchItem":{' + b",".join(batches) + b"}}"


def split(
    batch_item: dict[str, ValidBatch],
    *,
    max_items: int,
    max_bytes: int,
    size_along: Callable[[str, ValidBatch], int] = lambda endpoint_id, batch: 0,
) -> Iterator[Piece]:
    """Yield pieces of at most `max_items` events and `max_bytes` bytes of JSON, in order.

    An endpoint's own data goes with its first piece only, so that what one call confirmed is not
    sent again by the next. A part over `max_bytes` is sent alone; the receiver rejects it.
    `size_along` says how many bytes ride along with each piece of an endpoint.
    """
    piece, size, count = Piece({}, {}), _WRAPPER, 0
    for endpoint_id, batch in batch_item.items():
        endpoint = batch.endpoint
        along = size_along(endpoint_id, batch)
        for event_id, text in _texts(batch):
            head = b"" if endpoint_id in piece.texts else _head(endpoint_id, endpoint)
            if count and (count == max_items or size + _cost(head, text) + along > max_bytes):
                yield piece
                piece, size, count = Piece({}, {}), _WRAPPER, 0
                head = _head(endpoint_id, endpoint)
            if head:
                piece.batch_item[endpoint_id] = batch._replace(endpoint=endpoint, events={})
                piece.texts[endpoint_id] = [head]
                endpoint = None
            if event_id is not None:
                piece.batch_item[endpoint_id].events[event_id] = batch.events[event_id]
                piece.texts[endpoint_id].append(text)
            size += _cost(head, text) + (along if head else 0)
            count += 1
    if count:
        yield piece


def _texts(batch: ValidBatch) -> Iterator[tuple[str | None, bytes]]:
    for event_id, event in batch.events.items():
        yield event_id, json.dumps(event_id).encode() + b":" + event.wire
    if not batch.events:
        yield None, b""


def _head(endpoint_id: str, endpoint: PublicEndpoint | None) -> bytes:
    wire = (endpoint or NO_UPDATE).wire
    return json.dumps(endpoint_id).encode() + b':{"Endpoint":' + wire + b',"Events":{'


def _cost(head: bytes, text: bytes) -> int:
    return len(head) + len(text) + _SEPARATORS
