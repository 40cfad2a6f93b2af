"""The third step: check a destination's answers and record them."""

from collections.abc import Mapping
from typing import Any

from putevents.ingest.delivery import Delivery
from putevents.wire.answers import ACCEPTED, FAILED, as_object
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import REJECTED_BY_DESTINATION
from putevents.wire.schemas import Event, EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.storable import foreign


def settle(delivery: Delivery) -> None:
    """Record the answers for what was delivered; a part without a final one is undelivered."""
    for endpoint_id, batch in delivery.valid.items():
        item = delivery.results[endpoint_id]
        answer = as_object(delivery.answers.get(endpoint_id))
        answers = as_object(answer.get("EventsItemResponse"))
        accepted = delivery.accepted
        events = _settle_events(delivery, endpoint_id, batch, answers)
        endpoint = batch.endpoint
        if endpoint is not None:
            told = answer.get("EndpointItemResponse")
            if told is None and delivery.accepted > accepted and not endpoint.model_fields_set:
                told = ACCEPTED  # an empty endpoint only has to exist, as its events show
            final = final_answer(told)
            item["EndpointItemResponse"] = FAILED
            if final is None:
                _note_why(delivery, told)
            else:
                item["EndpointItemResponse"] = final = delivery.fit_answer(final)
                delivery.updated += final is ACCEPTED and bool(endpoint.model_fields_set)
                endpoint = None
                if final is not ACCEPTED:
                    _reject(delivery, endpoint_id, None, final)
        if events or endpoint is not None:
            stored = batch.stored or answer.get("Stored")
            delivery.undelivered[endpoint_id] = batch._replace(
                endpoint=endpoint, events=events, stored=stored if events else None
            )


def _settle_events(
    delivery: Delivery, endpoint_id: str, batch: ValidBatch, answers: dict[str, Any]
) -> dict[str, Event]:
    """Record the answers for an endpoint's events; return those without a final one."""
    settled = delivery.results[endpoint_id]["EventsItemResponse"]
    all_accepted: dict[str, EventItemResponse] = dict.fromkeys(batch.events, ACCEPTED)
    if answers == all_accepted:  # the usual answer, without a look at each
        settled.update(all_accepted)
        delivery.accepted += len(all_accepted)
        return {}
    events = {}
    for event_id, event in batch.events.items():
        final = final_answer(answers.get(event_id))
        if final is None:
            events[event_id] = event
            _note_why(delivery, answers.get(event_id))
            continue
        settled[event_id] = final = delivery.fit_answer(final)
        if final is ACCEPTED:
            delivery.accepted += 1
        else:
            _reject(delivery, endpoint_id, event_id, final)
    return events


def _note_why(delivery: Delivery, answer: Any) -> None:
    """Note the first text of a destination that says why a part is not delivered."""
    message = as_object(answer).get("Message")
    if not delivery.why and isinstance(message, str):
        delivery.why = foreign(message)


def _reject(
    delivery: Delivery, endpoint_id: str, event_id: str | None, answer: EventItemResponse
) -> None:
    rule, message = REJECTED_BY_DESTINATION.rule, answer["Message"]
    delivery.rejected.append(RejectedPart(endpoint_id, event_id, rule, message))


def any_final(valid: dict[str, ValidBatch], answers: Mapping[str, ItemResponse]) -> bool:
    """Whether any part has a final answer; if none has, the whole call failed.

    Where events were sent only they count: a lake can take endpoints while it takes no event.
    """
    items = [as_object(item) for item in answers.values()]
    if any(batch.events for batch in valid.values()):
        events = [as_object(item.get("EventsItemResponse")) for item in items]
        return any(final_answer(answer) for each in events for answer in each.values())
    return any(final_answer(item.get("EndpointItemResponse")) for item in items)


def final_answer(answer: Any) -> EventItemResponse | None:
    """Return a destination's answer for a part, checked; None if the part is undelivered."""
    status = answer.get("StatusCode") if isinstance(answer, dict) else None
    if not isinstance(status, int):
        return None
    if 200 <= status < 300:
        return ACCEPTED
    if 400 <= status < 500 and status != 429:
        message = answer.get("Message")
        # Several clients go by the text alone: a rejection must not read as success.
        if not isinstance(message, str) or not message or message.lower() == "accepted":
            message = REJECTED_BY_DESTINATION.message
        return {"StatusCode": status, "Message": message}
    return None
