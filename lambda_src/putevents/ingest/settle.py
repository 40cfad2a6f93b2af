"""A destination's answers, made sure of and taken over into the report of a request."""

from typing import Any

from putevents.ingest.submission import ACCEPTED, FAILED, Refusal, Report
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch
from putevents.wire.split import NO_CHANGE

REFUSED = "Refused by the destination."


def settle(good: dict[str, ValidBatch], answers: dict[str, ItemResponse], report: Report) -> None:
    """Take over the answers for what was delivered; what has none for good stays undelivered."""
    for endpoint_id, batch in good.items():
        item = report.results[endpoint_id]
        answer: Any = answers.get(endpoint_id) or {}
        endpoint = NO_CHANGE
        if batch.endpoint.model_fields_set:
            final = final_answer(answer.get("EndpointItemResponse"))
            item["EndpointItemResponse"] = final or FAILED
            endpoint = NO_CHANGE if final else batch.endpoint
            if final and final is not ACCEPTED:
                report.refusals.append(Refusal(endpoint_id, None, REFUSED))
        events = {}
        event_answers = answer.get("EventsItemResponse") or {}
        for event_id, event in batch.events.items():
            final = final_answer(event_answers.get(event_id))
            if final is None:
                events[event_id] = event
                continue
            item["EventsItemResponse"][event_id] = final
            if final is ACCEPTED:
                report.accepted += 1
            else:
                report.rejected += 1
                report.refusals.append(Refusal(endpoint_id, event_id, REFUSED))
        if events or endpoint is not NO_CHANGE:
            report.undelivered[endpoint_id] = ValidBatch(endpoint=endpoint, events=events)


def any_final(good: dict[str, ValidBatch], answers: dict[str, ItemResponse]) -> bool:
    """Whether anything at all was answered for good; else the call has failed whole.

    Where events were sent they decide: a lake can take endpoints while it takes no event.
    """
    if any(batch.events for batch in good.values()):
        events = [item.get("EventsItemResponse") or {} for item in answers.values()]
        return any(final_answer(answer) for each in events for answer in each.values())
    return any(final_answer(item.get("EndpointItemResponse")) for item in answers.values())


def final_answer(answer: Any) -> EventItemResponse | None:
    """A destination's answer for a part, made sure of; None if it leaves the part undelivered."""
    status = answer.get("StatusCode") if isinstance(answer, dict) else None
    if not isinstance(status, int):
        return None
    if 200 <= status < 300:
        return ACCEPTED
    if 400 <= status < 500 and status != 429:
        message = answer.get("Message")
        # Several clients go by the text alone: a refusal must not read as success.
        if not isinstance(message, str) or not message or message.lower() == "accepted":
            message = REFUSED
        return {"StatusCode": status, "Message": message}
    return None
