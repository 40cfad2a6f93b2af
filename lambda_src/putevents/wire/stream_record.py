"""An event as Pinpoint's own event stream had it, its endpoint in EndpointResponse's spelling.

Consumers of Pinpoint's stream read `endpoint.ChannelType`, where the lake's columns are in lower
case; everything else of a record is the same in both.
"""

from collections.abc import Iterator

from putevents.wire.arrival import Arrivals
from putevents.wire.event_record import MAX_WRITTEN_BYTES, event_records
from putevents.wire.schemas import EndpointResponse, Event, ValidBatch

EventKey = tuple[str, str]  # an endpoint's id and an event's


def stream_records(
    application_id: str, batch_item: dict[str, ValidBatch], arrivals: Arrivals
) -> Iterator[tuple[EventKey, Event, bytes]]:
    """Yield the events of a batch, each with its record as JSON, up to MAX_WRITTEN_BYTES."""
    written = 0
    for id_, batch in batch_item.items():
        endpoint = _known(application_id, id_, batch)
        for event_id, record in event_records(
            application_id, id_, endpoint, batch.events, arrivals[id_], spell=dict
        ):
            written += len(record)
            if written > MAX_WRITTEN_BYTES:
                return
            yield (id_, event_id), batch.events[event_id], record


def _known(application_id: str, endpoint_id: str, batch: ValidBatch) -> EndpointResponse:
    """The endpoint as it was when the events came in; a message of the queue leaves ids out."""
    return {"Id": endpoint_id, "ApplicationId": application_id, **(batch.stored or {})}
