"""A part that broke a rule, and the row of `rejected_events` that keeps it as it came."""

import json
from typing import Any, NamedTuple, NotRequired, TypedDict

from putevents.wire.arrival import Arrival
from putevents.wire.storable import storable

_MAX_RAW = 256 * 1024  # characters of a rejected part that are kept
_MAX_ID = 1024


class RejectedPart(NamedTuple):
    """An event or, without an event id, an endpoint that was answered 4xx."""

    endpoint_id: str
    event_id: str | None
    rule: str  # holds nothing that the client wrote
    message: str  # what the client was told
    raw: Any = None  # the part as it came, once it was looked up


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
    """Return the row for a rejected part."""
    record: RejectedRecord = {
        "application_id": application_id,
        "endpoint_id": stored_id(part.endpoint_id),
        "arrival_timestamp": arrival.timestamp,
        "request_id": arrival.request_id,
        "rule": part.rule,
        "message": stored_id(part.message),
        "event": json.dumps(part.raw)[:_MAX_RAW],
    }
    if part.event_id is not None:
        record["event_id"] = stored_id(part.event_id)
    return record


def stored_id(text: str) -> str:
    """An id, or a sentence with one in it, as it is kept."""
    # It may have been rejected for its length, or for half a surrogate pair.
    return storable(text[:_MAX_ID])
