"""From the envelopes of enriched events to submissions: the parts of one request or message."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from putevents.errors import PayloadTooLargeError
from putevents.ingest.checked_envelopes import CheckedEnvelope, check
from putevents.ingest.enriched_submission import EnrichedSubmission, Place
from putevents.ingest.submission import Submission
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import Arrival
from putevents.wire.enriched_events import Facts, shallow
from putevents.wire.repeated import Repeated
from putevents.wire.rules import (
    MAX_CHANGES,
    MAX_PARTS,
    TOO_MANY_CHANGES,
    TOO_MANY_PARTS,
    Rejection,
)
from putevents.wire.schemas import (
    Event,
    EventItemResponse,
    EventsBatch,
    EventsRequest,
    ItemResponse,
    PublicEndpoint,
)

Raw = Callable[[], Sequence[Any]]  # the envelopes as they came; read again if one is rejected


class _Known(NamedTuple):
    """An endpoint as the envelopes so far tell it."""

    endpoint_id: str  # as it was spelled first
    part: int  # of its last event
    facts: Facts


def sort_envelopes(
    whole: EnrichedSubmission, envelopes: Sequence[Any], arrivals: Sequence[Arrival], raw: Raw
) -> None:
    """Fill the parts and places of a submission; each envelope has an arrival.

    Raises PayloadTooLargeError for more parts than a request may have.
    """
    checked = check(envelopes, whole.application_id, whole.size)
    if len(checked) + len({one.client_id for one in checked}) > MAX_PARTS:
        raise PayloadTooLargeError(TOO_MANY_PARTS)
    sorting = _Sorting(whole, cache(raw))
    for number, (one, arrival) in enumerate(zip(checked, arrivals, strict=True)):
        sorting.place(number, one, arrival)


class _Sorting:
    """Sorts envelopes into parts: one for each state that an endpoint was in."""

    def __init__(self, whole: EnrichedSubmission, raw: Raw) -> None:
        self._whole, self._raw = whole, raw
        self._parts: list[_Part] = []
        self._rejected: _Part | None = None
        self._known: dict[str, _Known] = {}

    def place(self, number: int, one: CheckedEnvelope, arrival: Arrival) -> None:
        """Put an envelope where it belongs; the first of those that are the same stands for all."""
        if one.repeats is not None:
            self._whole.places.append(self._whole.places[one.repeats])
            return
        if isinstance(one.event, Rejection):
            part, endpoint_id = self._rejected_part(arrival), one.client_id
            answer = part.reject(number, one, one.event)
        else:
            part, endpoint_id = self._part_of(one, arrival)
            part.add(number, one, endpoint_id)
            answer = None
        self._whole.places.append(Place(part.submission, endpoint_id, one.event_id, answer))

    def _rejected_part(self, arrival: Arrival) -> "_Part":
        if self._rejected is None:
            self._rejected = self._new_part(arrival)
        return self._rejected

    def _part_of(self, one: CheckedEnvelope, arrival: Arrival) -> "tuple[_Part, str]":
        """Return the part that an event goes to: that of its endpoint's last event if it can.

        What an envelope does not say of its endpoint is as it was before: then nothing changed.
        """
        key = one.client_id.casefold()
        known = self._known.get(key) or _Known(one.client_id, -1, {})
        facts = {**known.facts, **one.facts}
        number = known.part
        if number < 0 or facts != known.facts or self._parts[number].arrival != arrival:
            later = range(number + 1, len(self._parts))
            number = next((n for n in later if self._parts[n].arrival == arrival), len(self._parts))
            if number == MAX_CHANGES:
                raise PayloadTooLargeError(TOO_MANY_CHANGES)
            if number == len(self._parts):
                self._parts.append(self._new_part(arrival))
        self._known[key] = _Known(known.endpoint_id, number, facts)
        return self._parts[number], known.endpoint_id

    def _new_part(self, arrival: Arrival) -> "_Part":
        part = _Part(self._whole, arrival, self._raw)
        self._whole.parts.append(part.submission)
        return part


class _Part:
    """A part of a submission, to be filled."""

    def __init__(self, whole: EnrichedSubmission, arrival: Arrival, raw: Raw) -> None:
        self.arrival, self._raw = arrival, raw
        self._numbers: dict[str, dict[str, list[int]]] = {}  # of envelopes, by ids
        self._orders: dict[str, int] = {}
        self._endpoints: dict[str, PublicEndpoint] = {}
        self._events: dict[str, dict[str, Event | Rejection]] = {}
        self._batch_item: dict[str, EventsBatch | Rejection] = {}
        self.submission = Submission(
            whole.application_id,
            EventsRequest.model_construct(batch_item=self._batch_item),
            whole.size,
            arrival,
            raw=self._as_it_came,
            attempt=whole.attempt,
            queued_at=whole.queued_at,
            is_message=whole.is_message,
            has_waited=whole.has_waited,
            orders=self._orders,
            destinations=whole.destinations,
            is_enriched=True,
        )

    def add(self, number: int, one: CheckedEnvelope, endpoint_id: str) -> None:
        """Add an event to its endpoint's batch, which begins with what the first one says."""
        if endpoint_id not in self._endpoints:
            self._orders[endpoint_id] = number
            self._endpoints[endpoint_id] = one.endpoint
            events = self._events[endpoint_id] = {}
            self._batch_item[endpoint_id] = EventsBatch.model_construct(
                endpoint=one.endpoint, events=events
            )
        self._events[endpoint_id][one.event_id] = one.event
        self._note(endpoint_id, one.event_id, number)

    def reject(self, number: int, one: CheckedEnvelope, rejection: Rejection) -> EventItemResponse:
        """Add an envelope that breaks a rule, of which nothing counts; return its answer."""
        new: ItemResponse = {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
        item = self.submission.results.setdefault(one.client_id, new)
        answer = self.submission.reject(rejection, one.client_id, one.event_id)
        item["EventsItemResponse"][one.event_id] = answer
        self._note(one.client_id, one.event_id, number)
        return answer

    def _note(self, endpoint_id: str, event_id: str, number: int) -> None:
        self._numbers.setdefault(endpoint_id, {}).setdefault(event_id, []).append(number)

    def _as_it_came(self) -> dict[str, Any]:
        """Return it in the shape of an EventsRequest, with envelopes as they came for events."""
        envelopes, found = self._raw(), {}
        for endpoint_id, events in self._numbers.items():
            endpoint = self._endpoints.get(endpoint_id)
            found[endpoint_id] = {
                "Endpoint": json.loads(endpoint.wire) if endpoint else {},
                "Events": {
                    id_: _one_or_all([shallow(envelopes[number]) for number in numbers])
                    for id_, numbers in events.items()
                },
            }
        return {"BatchItem": found}


def _one_or_all(envelopes: list[Any]) -> Any:
    return envelopes[0] if len(envelopes) == 1 else Repeated(envelopes)
