"""The first step: answer 400 for each part that breaks a rule, and keep the valid parts."""

import json
from collections.abc import Mapping
from typing import cast

from putevents.errors import PayloadTooLargeError
from putevents.ingest.spellings import under_two_spellings
from putevents.ingest.submission import Submission
from putevents.wire.answers import (
    ACCEPTED,
    FAILED,
    LARGE_ANSWER,
    MAX_ANSWER_BYTES,
    answer_bytes,
)
from putevents.wire.rules import (
    BAD_ENDPOINT_ID,
    BAD_EVENT_ID,
    DUPLICATE_EVENT_ID,
    LARGE_ENDPOINT,
    LARGE_ENDPOINT_ID,
    LARGE_EVENT,
    MAX_ENDPOINT_BYTES,
    MAX_ENDPOINT_ID_BYTES,
    MAX_EVENT_BYTES,
    NO_UNICODE_ENDPOINT_ID,
    Rejection,
)
from putevents.wire.schemas import (
    Event,
    EventsBatch,
    ItemResponse,
    PublicEndpoint,
    ValidBatch,
)
from putevents.wire.storable import is_unicode

_UTF8 = 4  # bytes that a character can take: in a smaller request no part needs to be measured
# The same in a message of the queue: of a text, and of an id, which is escaped.
_IN_TEXT, _IN_ID = 6, 12
# SQS does not take these two characters, so each becomes an escape, which is twice as long.
_ESCAPED_IN_MESSAGES = ("\ufffe".encode(), "\uffff".encode())
# Texts of an event that no rule limits, and more bytes than all the rest of it can take: an event
# with short ones need not be measured in a large request either.
FREE_TEXTS = (
    "event_type", "app_package_name", "app_title", "app_version_code", "client_sdk_version",
    "sdk_name",
)  # fmt: skip
MAX_BYTES_BESIDE = 200 * 1024
_OF_ENDPOINT_IDS = (BAD_ENDPOINT_ID, NO_UNICODE_ENDPOINT_ID, LARGE_ENDPOINT_ID)
# The same of an answer: of an id's character (in JSON, twice), and of what is said of a part.
ESCAPED, ITEM = 14, 2048


def validate(submission: Submission) -> None:
    """Fill `results` with an answer for each id, and `valid` with what is to be delivered.

    The schema has checked the rules of single parts already. This adds those about ids and sizes.
    Raises PayloadTooLargeError if a caller could not be answered.
    """
    _validate_parts(submission)
    # The door of enriched events measures its answer, which is of several submissions.
    if not submission.is_message and not submission.is_enriched:
        submission.answer_room = _answer_room(submission)
        if submission.answer_room < 0:
            raise PayloadTooLargeError(LARGE_ANSWER)


def _validate_parts(submission: Submission) -> None:
    size, results = submission.size, submission.results
    respelled = under_two_spellings(submission.request)
    for place, (endpoint_id, batch) in enumerate(submission.request.batch_item.items()):
        item: ItemResponse = {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
        results[endpoint_id] = item
        if isinstance(batch, Rejection):
            item["EndpointItemResponse"] = submission.reject(batch, endpoint_id)
            continue
        # Before it is measured: what was measured is what is sent.
        left_out = leave_out(batch.endpoint)
        endpoint = validate_endpoint(endpoint_id, batch.endpoint, size)
        if left_out and isinstance(endpoint, PublicEndpoint):
            submission.left_out.append((left_out, endpoint_id))
        if _are_valid(batch.events, endpoint, size) and not respelled:
            events = cast(dict[str, Event], batch.events)
            item["EventsItemResponse"] = dict.fromkeys(events, FAILED)
        else:
            events = _valid_events(submission, endpoint_id, batch, endpoint, respelled)
        valid = endpoint if isinstance(endpoint, PublicEndpoint) else None
        if isinstance(endpoint, Rejection):
            item["EndpointItemResponse"] = submission.reject(endpoint, endpoint_id)
        if events or valid is not None:
            order = submission.orders.get(endpoint_id, place)
            stored = submission.stored.get(endpoint_id)
            submission.valid[endpoint_id] = ValidBatch(valid, events, order, stored)


def _are_valid(
    events: Mapping[str, Event | Rejection], endpoint: PublicEndpoint | Rejection, size: int
) -> bool:
    """Whether nothing is wrong with any event, as far as can be told without a look at each."""
    return (
        all(map(str.isascii, events))
        and Rejection not in set(map(type, events.values()))
        and size * _IN_TEXT + max(map(len, events), default=0) * _IN_ID <= MAX_EVENT_BYTES
        and not _spoils_events(endpoint)
    )


def _spoils_events(endpoint: PublicEndpoint | Rejection) -> bool:
    return any(endpoint is rule for rule in _OF_ENDPOINT_IDS)


def _valid_events(
    submission: Submission,
    endpoint_id: str,
    batch: EventsBatch,
    endpoint: PublicEndpoint | Rejection,
    respelled: set[tuple[str, str]],
) -> dict[str, Event]:
    """Return an endpoint's valid events; answer each, those that break a rule with 400."""
    events: dict[str, Event] = {}
    answers = submission.results[endpoint_id]["EventsItemResponse"]
    for event_id, event in batch.events.items():
        checked = (
            endpoint
            if _spoils_events(endpoint)
            else DUPLICATE_EVENT_ID
            if (endpoint_id, event_id) in respelled
            else _validate_event(event_id, event, submission.size)
        )
        if isinstance(checked, Event):
            events[event_id] = checked
            answers[event_id] = FAILED
        else:
            answers[event_id] = submission.reject(cast(Rejection, checked), endpoint_id, event_id)
    return events


def _answer_room(submission: Submission) -> int:
    """Return how many bytes the answer may grow by what the destination says of parts."""
    results = submission.results
    parts = len(results) + sum(len(item["EventsItemResponse"]) for item in results.values())
    most = submission.size * ESCAPED + parts * ITEM
    if most > MAX_ANSWER_BYTES:
        # An endpoint is not FAILED yet, which is longer than ACCEPTED.
        longer = answer_bytes(FAILED) - answer_bytes(ACCEPTED)
        most = answer_bytes({"Results": results}) + len(results) * longer
    return MAX_ANSWER_BYTES - most


def leave_out(endpoint: PublicEndpoint | Rejection) -> Rejection | None:
    """Leave out an optional member that is not worth the endpoint; return the rule it breaks."""
    date = None if isinstance(endpoint, Rejection) else endpoint.effective_date
    if isinstance(endpoint, Rejection) or not isinstance(date, Rejection):
        return None
    endpoint.effective_date = None
    return date.inside("EffectiveDate")


def validate_endpoint(
    endpoint_id: str, endpoint: PublicEndpoint | Rejection, size: int
) -> PublicEndpoint | Rejection:
    """Return the endpoint, or the rule that it or its id breaks; `size` is the whole request's."""
    if rejection := validate_endpoint_id(endpoint_id):
        return rejection
    if (
        size * _UTF8 > MAX_ENDPOINT_BYTES
        and isinstance(endpoint, PublicEndpoint)
        and len(endpoint.wire) > MAX_ENDPOINT_BYTES
    ):
        return LARGE_ENDPOINT
    return endpoint


def validate_endpoint_id(endpoint_id: str) -> Rejection | None:
    """Return the rule that an endpoint's id breaks, if any."""
    if not endpoint_id or any(c in endpoint_id for c in "${}"):
        return BAD_ENDPOINT_ID
    if not is_unicode(endpoint_id):
        return NO_UNICODE_ENDPOINT_ID
    # Stores key it in lower case, which can be three times as long.
    if len(endpoint_id) * 3 * _UTF8 > MAX_ENDPOINT_ID_BYTES and (
        max(len(text.encode()) for text in (endpoint_id, endpoint_id.casefold()))
        > MAX_ENDPOINT_ID_BYTES
    ):
        return LARGE_ENDPOINT_ID
    return None


def _validate_event(event_id: str, event: Event | Rejection, size: int) -> Event | Rejection:
    if not is_unicode(event_id):
        return BAD_EVENT_ID
    if (
        size * _IN_TEXT + len(event_id) * _IN_ID > MAX_EVENT_BYTES
        and isinstance(event, Event)
        and _may_be_large(event_id, event)
        and bytes_in_message(event_id, event) > MAX_EVENT_BYTES
    ):
        return LARGE_EVENT
    return event


def _may_be_large(event_id: str, event: Event) -> bool:
    characters = sum(map(len, filter(None, map(vars(event).get, FREE_TEXTS))))
    if event.session:
        characters += len(event.session.id)
    most = characters * _IN_TEXT + len(event_id) * _IN_ID + MAX_BYTES_BESIDE
    return most > MAX_EVENT_BYTES


def bytes_in_message(event_id: str, event: Event) -> int:
    """Return the most bytes that an event takes in a message."""
    escaped = sum(event.wire.count(character) for character in _ESCAPED_IN_MESSAGES)
    return len(json.dumps(event_id)) - len('""') + len(event.wire) + 3 * escaped
