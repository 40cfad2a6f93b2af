"""A row of `rejected_events` as a message for the queue, if it breaks no rule any more."""

import json
from enum import StrEnum
from typing import Any, NamedTuple

from commands.replay.rejected_rows import RejectedRow
from putevents.errors import RequestError
from putevents.ingest.enriched import sort_envelopes
from putevents.ingest.enriched_submission import EnrichedSubmission
from putevents.ingest.submission import Submission
from putevents.ingest.validate import validate
from putevents.queue.messages import MAX_MESSAGE_BYTES, NewMessage, attributes
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse
from putevents.wire.enriched_body import ENRICHED_EVENTS, read_member
from putevents.wire.json_object import read_quickly
from putevents.wire.schemas import EventsRequest

_OF_BATCH = {"Endpoint", "Events"}
_OF_PUT_EVENTS = {"EventType", "Timestamp"}  # required there, and spelled otherwise in an envelope


class Outcome(StrEnum):
    """What becomes of a row."""

    PASSES = "pass now"
    REJECTED = "still rejected"
    UNFIT = "cannot be replayed"  # whatever the rules are: it holds no whole event or endpoint


class Replayed(NamedTuple):
    """What becomes of a row, and its message if it passes."""

    outcome: Outcome
    message: NewMessage | None = None


def replayed(row: RejectedRow) -> Replayed:
    """Try a row by the rules of this checkout, as what came in: an enriched event or another."""
    try:
        raw = json.loads(row.event)  # what was longer than the table keeps ends somewhere
    except (ValueError, RecursionError):
        return Replayed(Outcome.UNFIT)
    # No object: a line that was no JSON, or two events under one id. Without an endpoint's id:
    # an envelope without a client, or the row that counts what was not kept.
    if not isinstance(raw, dict) or not row.endpoint_id:
        return Replayed(Outcome.UNFIT)
    arrival = Arrival(row.request_id, row.arrival_timestamp)
    try:
        member = (
            _enriched(row, raw, arrival) if _is_envelope(row, raw) else _plain(row, raw, arrival)
        )
    except RequestError:
        member = None
    if member is None:
        return Replayed(Outcome.REJECTED)
    body = json.dumps({"ApplicationId": row.application_id, **member})
    if len(body) > MAX_MESSAGE_BYTES:
        return Replayed(Outcome.UNFIT)
    return Replayed(Outcome.PASSES, NewMessage(body, attributes(arrival, 0)))


def _is_envelope(row: RejectedRow, raw: dict[str, Any]) -> bool:
    """Whether an event came in an envelope: that of this row's client, by no name of PutEvents."""
    client = raw.get("client")
    return (
        row.event_id is not None
        and raw.keys().isdisjoint(_OF_PUT_EVENTS)
        and isinstance(client, dict)
        and isinstance(id_ := client.get("client_id"), str)
        # An endpoint has the spelling of its first event in the request.
        and id_.casefold() == row.endpoint_id.casefold()
    )


def _enriched(row: RejectedRow, envelope: dict[str, Any], arrival: Arrival) -> Any:
    """The member of a message with this envelope; None if it breaks a rule."""
    # Its sender has been told this id, which another version might not derive.
    if not envelope.get("event_id"):
        envelope = {**envelope, "event_id": row.event_id}
    if envelope["event_id"] != row.event_id:
        return None
    text = json.dumps({ENRICHED_EVENTS: [envelope]}, ensure_ascii=False)
    envelopes = read_member(read_quickly(text)[ENRICHED_EVENTS])
    whole = EnrichedSubmission.of(row.application_id, len(text), arrival, is_message=True)
    sort_envelopes(whole, envelopes, [arrival], lambda: envelopes)
    return json.loads(text) if all(_is_valid(part) for part in whole.parts) else None


def _plain(row: RejectedRow, raw: dict[str, Any], arrival: Arrival) -> Any:
    """The member of a message with this event or endpoint; None if it breaks a rule."""
    batch: Any = {"Endpoint": raw, "Events": {}}
    if row.event_id is not None:
        batch = {"Endpoint": {}, "Events": {row.event_id: raw}}
    elif not raw.keys().isdisjoint(_OF_BATCH):  # it could not be taken apart, and is kept whole
        batch = raw
    text = json.dumps({"BatchItem": {row.endpoint_id: batch}}, ensure_ascii=False)
    request = parse(text, EventsRequest)
    tried = Submission(row.application_id, request, len(text), arrival, raw=dict, is_message=True)
    return {"EventsRequest": json.loads(text)} if _is_valid(tried) else None


def _is_valid(submission: Submission) -> bool:
    if not submission.rejected:
        validate(submission)
    return not submission.rejected
