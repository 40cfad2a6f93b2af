"""Event ids that stand under two spellings of one endpoint id in one request."""

from putevents.wire.schemas import EventsBatch, EventsRequest


def under_two_spellings(request: EventsRequest) -> set[tuple[str, str]]:
    """Return endpoint id and event id of what could not be told apart once it is stored.

    Endpoint ids that differ in case only are one endpoint's, whose events need an id each.
    """
    batch_item = request.batch_item
    if len({endpoint_id.casefold() for endpoint_id in batch_item}) == len(batch_item):
        return set()
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for endpoint_id, batch in batch_item.items():
        for event_id in batch.events if isinstance(batch, EventsBatch) else ():
            same = found.setdefault((endpoint_id.casefold(), event_id), [])
            same.append((endpoint_id, event_id))
    return {part for same in found.values() if len(same) > 1 for part in same}
