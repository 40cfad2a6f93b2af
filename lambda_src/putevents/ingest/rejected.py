"""What was rejected, as it came: found again in the raw request and handed to who keeps it."""

import json
from typing import Any, NotRequired, TypedDict

from putevents.destinations import Destination
from putevents.ingest.submission import Report
from putevents.observability import logger
from putevents.time_left import time_left
from putevents.wire.arrival import Arrival
from putevents.wire.rules import RejectedPart
from putevents.wire.schemas import EndpointItemResponse, EventItemResponse, ItemResponse

_MAX_RAW = 256 * 1024  # characters of a rejected part that are kept
_MAX_ID = 1024


class RejectedRecord(TypedDict):
    """A row of `rejected_events`; without an event id the endpoint was rejected."""

    application_id: str
    endpoint_id: str
    event_id: NotRequired[str]
    arrival_timestamp: int  # Unix time in ms
    request_id: str
    rule: str
    message: str
    event: str  # JSON, as it came


def rejected_record(application_id: str, part: RejectedPart, arrival: Arrival) -> RejectedRecord:
    """The row for a rejected part."""
    record: RejectedRecord = {
        "application_id": application_id,
        "endpoint_id": _storable(part.endpoint_id),
        "arrival_timestamp": arrival.timestamp,
        "request_id": arrival.request_id,
        "rule": part.rule,
        "message": _storable(part.message),
        "event": json.dumps(part.raw)[:_MAX_RAW],
    }
    if part.event_id is not None:
        record["event_id"] = _storable(part.event_id)
    return record


def _storable(text: str) -> str:
    # It may have been rejected for its length, or for half a surrogate pair.
    return text[:_MAX_ID].encode("utf-8", "replace").decode()


def keep_rejected(
    request: dict[str, Any], report: Report, arrival: Arrival, destination: Destination
) -> bool:
    """Give a raw EventsRequest's rejected parts to the destination; whether it keeps them."""
    if not destination.keeps_rejected or not time_left.is_enough_to_deliver():
        return False
    rejected = []
    for endpoint_id, event_id, rule in report.refusals:
        item, raw = report.results[endpoint_id], request["BatchItem"][endpoint_id]
        if event_id is None:
            message = item["EndpointItemResponse"]["Message"]
            # A batch that could not be taken apart was rejected as a whole.
            if isinstance(raw, dict) and isinstance(raw.get("Events"), dict):
                raw = raw.get("Endpoint")
        else:
            message = item["EventsItemResponse"][event_id]["Message"]
            raw = raw["Events"][event_id]
        rejected.append(RejectedPart(endpoint_id, event_id, rule, message, raw))
    try:
        return destination.keep_rejected(report.application_id, rejected, arrival)
    except Exception as error:
        # A bug of the destination's must not fail the request: the rest of it is delivered.
        logger.exception("rejected not kept", error=type(error).__name__)
        return False


def refused_part(raw: Any, item: ItemResponse) -> Any:
    """The part of an endpoint's raw batch that was refused; nothing if all was taken."""
    events = [i for i, answer in item["EventsItemResponse"].items() if _is_refusal(answer)]
    endpoint_refused = _is_refusal(item["EndpointItemResponse"])
    if endpoint_refused and not item["EventsItemResponse"]:
        return raw
    if not endpoint_refused and not events:
        return None
    return {
        "Endpoint": raw.get("Endpoint") if endpoint_refused else {},
        "Events": {event_id: raw["Events"][event_id] for event_id in events},
    }


def _is_refusal(answer: EndpointItemResponse | EventItemResponse) -> bool:
    return answer["StatusCode"] // 100 == 4
