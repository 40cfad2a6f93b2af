"""What a destination that holds no endpoints answers: its events' fates, and for the endpoints."""

from collections.abc import Iterable

from putevents.wire.answers import ACCEPTED
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.stream_record import EventKey


def answers_of(
    batch_item: dict[str, ValidBatch], fates: Iterable[tuple[EventKey, EventItemResponse]]
) -> dict[str, ItemResponse]:
    """Return the answers for a batch, given those for events; an event without one waits.

    An endpoint is accepted: there is no place for it but in its events' records. While one of them
    waits for which no other destination told the endpoint, it waits with that event.
    """
    told: dict[str, dict[str, EventItemResponse]] = {id_: {} for id_ in batch_item}
    for (endpoint_id, event_id), answer in fates:
        told[endpoint_id][event_id] = answer
    answers: dict[str, ItemResponse] = {}
    for id_, batch in batch_item.items():
        answers[id_] = {"EventsItemResponse": told[id_]}  # type: ignore[typeddict-item]
        if batch.stored or len(told[id_]) == len(batch.events):
            answers[id_]["EndpointItemResponse"] = ACCEPTED
    return answers
