"""The answers of a destination that holds no endpoints, from what became of each event."""

from collections.abc import Iterable

from putevents.wire.answers import ACCEPTED
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.stream_record import EventKey


def answers_of(
    batch_item: dict[str, ValidBatch], fates: Iterable[tuple[EventKey, EventItemResponse]]
) -> dict[str, ItemResponse]:
    """Return the answers for a batch, given those for events; an event without one waits.

    For destinations that hold no endpoints: these are accepted, as nothing is to be done for them.
    """
    answers: dict[str, ItemResponse] = {
        id_: {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}} for id_ in batch_item
    }
    for (endpoint_id, event_id), answer in fates:
        answers[endpoint_id]["EventsItemResponse"][event_id] = answer
    return answers
