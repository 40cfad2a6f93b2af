"""Cuts what is too large for one call or message into pieces within limits of count and size."""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from pydantic_core import to_json

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
    """A smaller EventsRequest: its parts, and its JSON."""

    batch_item: dict[str, ValidBatch]
    wire: bytes


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
    parts = _by_count(batch_item, max_items)
    for part in parts:
        # Serialised as a whole, which is quicker by half than part by part, and mostly fits.
        wire = _wire(part)
        if len(wire) + sum(size_along(*item) for item in part.items()) > max_bytes:
            yield from _by_size(_joined([part, *parts]), max_items, max_bytes, size_along)
            return
        yield Piece(part, wire)


def _wire(batch_item: dict[str, ValidBatch]) -> bytes:
    request = {
        endpoint_id: {"Endpoint": batch.endpoint or NO_UPDATE, "Events": batch.events}
        for endpoint_id, batch in batch_item.items()
    }
    return to_json({"BatchItem": request}, by_alias=True, exclude_none=True)


def _by_count(batch_item: dict[str, ValidBatch], max_items: int) -> Iterator[dict[str, ValidBatch]]:
    part: dict[str, ValidBatch] = {}
    room = max_items
    for endpoint_id, batch in batch_item.items():
        events, left = iter(batch.events.items()), len(batch.events) or 1
        if left <= room:  # as nearly always
            part[endpoint_id] = batch
            room -= left
            continue
        while left > 0:
            if not room:
                yield part
                part, room = {}, max_items
            part[endpoint_id] = batch._replace(events=dict(islice(events, room)))
            batch = batch._replace(endpoint=None)
            left, room = left - room, max(0, room - left)
    if part:
        yield part


def _joined(parts: list[dict[str, ValidBatch]]) -> dict[str, ValidBatch]:
    """Undo `_by_count`."""
    joined: dict[str, ValidBatch] = {}
    for part in parts:
        for endpoint_id, batch in part.items():
            joined.setdefault(endpoint_id, batch).events.update(batch.events)
    return joined


def _by_size(
    batch_item: dict[str, ValidBatch],
    max_items: int,
    max_bytes: int,
    size_along: Callable[[str, ValidBatch], int],
) -> Iterator[Piece]:
    """As `split`, with each event measured by itself."""
    parts: dict[str, ValidBatch] = {}
    texts: dict[str, list[bytes]] = {}
    size, count = _WRAPPER, 0
    for endpoint_id, batch in batch_item.items():
        endpoint = batch.endpoint
        along = size_along(endpoint_id, batch)
        for event_id, text in _texts(batch):
            head = b"" if endpoint_id in texts else _head(endpoint_id, endpoint)
            if count and (count == max_items or size + _cost(head, text) + along > max_bytes):
                yield Piece(parts, _wire_of(texts))
                parts, texts, size, count = {}, {}, _WRAPPER, 0
                head = _head(endpoint_id, endpoint)
            if head:
                parts[endpoint_id] = batch._replace(endpoint=endpoint, events={})
                texts[endpoint_id] = [head]
                endpoint = None
            if event_id is not None:
                parts[endpoint_id].events[event_id] = batch.events[event_id]
                texts[endpoint_id].append(text)
            size += _cost(head, text) + (along if head else 0)
            count += 1
    yield Piece(parts, _wire_of(texts))


def _wire_of(texts: dict[str, list[bytes]]) -> bytes:
    batches = (head + b",".join(events) + b"}}" for head, *events in texts.values())
    return b'{"BatchItem":{' + b",".join(batches) + b"}}"


def _texts(batch: ValidBatch) -> Iterator[tuple[str | None, bytes]]:
    for event_id, event in batch.events.items():
        yield event_id, to_json(event_id) + b":" + event.wire
    if not batch.events:
        yield None, b""


def _head(endpoint_id: str, endpoint: PublicEndpoint | None) -> bytes:
    wire = (endpoint or NO_UPDATE).wire
    return to_json(endpoint_id) + b':{"Endpoint":' + wire + b',"Events":{'


def _cost(head: bytes, text: bytes) -> int:
    return len(head) + len(text) + _SEPARATORS
