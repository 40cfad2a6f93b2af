"""The headers in which one gateway tells another when the endpoints' batches came in."""

from collections.abc import Iterable

from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.schemas import MAX_EVENTS_PER_CALL, EventsRequest

# Unix times in ms, one for each member of BatchItem, in order. Ids would be longer, and would have
# to be escaped; 100 times fit into the 10 KB that API Gateway takes of all headers.
ARRIVALS = "x-putevents-arrivals"
# On every answer of a gateway that goes by them: it orders late updates itself.
KEEPS_ARRIVALS = "x-putevents-keeps-arrivals"


def arrivals_header(endpoint_ids: Iterable[str], arrivals: Arrivals) -> str:
    """Return the header's value for a request with these endpoints."""
    return ",".join(str(arrivals[endpoint_id].timestamp) for endpoint_id in endpoint_ids)


def by_arrival(
    request: EventsRequest, arrival: Arrival, header: str
) -> list[tuple[Arrival, EventsRequest]]:
    """Cut a request into parts with one arrival each; the whole has its own if the header is odd.

    A time that cannot be true is not believed. A request that is larger than what a gateway
    forwards stays whole, which bounds the number of parts.
    """
    times = _times(header, len(request.batch_item))
    if not times or request.event_count > MAX_EVENTS_PER_CALL:
        return [(arrival, request)]
    parts: dict[Arrival, EventsRequest] = {}
    for (endpoint_id, batch), time in zip(request.batch_item.items(), times, strict=True):
        part = parts.setdefault(arrival.claimed(time), EventsRequest.model_construct(batch_item={}))
        part.batch_item[endpoint_id] = batch
    return list(parts.items())


def arrival_of_each(count: int, arrival: Arrival, header: str) -> list[Arrival]:
    """Return an arrival for each of so many enriched events; the header has a time for each."""
    times = _times(header, count)
    return [arrival.claimed(time) for time in times] if times else [arrival] * count


def _times(header: str, count: int) -> list[int]:
    """Return the times in a header, nothing if it is odd or there are too many."""
    times = header.split(",")
    is_odd = len(times) != count or not all(map(_is_time, times))
    return [] if is_odd or count > MAX_EVENTS_PER_CALL else [int(time) for time in times]


def _is_time(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
