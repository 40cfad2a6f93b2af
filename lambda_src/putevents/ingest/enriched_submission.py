"""A request or message of enriched events on its way through `ingest`: in parts, told as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from putevents.errors import NotDeliveredError, PartlyDeliveredError
from putevents.ingest.submission import Submission
from putevents.wire.answers import ACCEPTED, FAILED
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EventItemResponse, EventsRequest, ValidBatch


class Place(NamedTuple):
    """Where an envelope's event is, and its answer if it has one before `ingest`."""

    part: Submission
    endpoint_id: str
    event_id: str
    answer: EventItemResponse | None


@dataclass
class EnrichedSubmission(Submission):
    """Its parts go through `ingest` in its place.

    An endpoint that changed between two events stands in two parts. The envelopes that break a
    rule are a part that has been rejected already.
    """

    parts: list[Submission] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)  # of each envelope, in order

    @classmethod
    def of(cls, application_id: str, size: int, arrival: Arrival, **message: Any) -> Self:
        """Return one without parts yet; `message` has what only a message's submission has."""
        request = EventsRequest.model_construct(batch_item={})
        return cls(application_id, request, size, arrival, raw=dict, **message)

    @property
    def taken_apart(self) -> Sequence[Submission]:
        """Its parts."""
        return self.parts

    def put_together(self) -> None:
        """Take over what became of the parts, so that it is told and logged once."""
        failures = [part.failure for part in self.parts if part.failure]
        self.failure = failures[0] if failures else None
        is_partly = 0 < len(failures) < len(self.parts)
        if is_partly and isinstance(self.failure, NotDeliveredError):
            # It is not sent anew then, which would bring the others again.
            self.failure = PartlyDeliveredError(str(self.failure))
        self.is_for_home = all(part.is_for_home for part in self.parts)
        for part in self.parts:
            self.shares += part.shares
            self.lost += part.lost
            self.accepted += part.accepted
            self.updated += part.updated
            self.queued += part.queued
            self.latency_ms = max(self.latency_ms, part.latency_ms)
            self.rejected += part.rejected
            self.left_out += part.left_out
            for endpoint_id, item in part.results.items():
                known = self.results.setdefault(endpoint_id, {**item, "EventsItemResponse": {}})
                known["EventsItemResponse"].update(item["EventsItemResponse"])
            for endpoint_id, batch in part.undelivered.items():
                waiting = self.undelivered.setdefault(endpoint_id, ValidBatch(None, {}))
                waiting.events.update(batch.events)

    @property
    def event_ids(self) -> Iterable[str]:
        """The ids of all events that it came with, whatever became of them."""
        return dict.fromkeys(place.event_id for place in self.places)

    @property
    def answers_in_order(self) -> Iterable[tuple[str, EventItemResponse]]:
        """The event id and the answer of each envelope."""
        for place in self.places:
            item = place.part.results[place.endpoint_id]
            answer = place.answer or item["EventsItemResponse"][place.event_id]
            if answer == ACCEPTED and item["EndpointItemResponse"]["StatusCode"] >= 500:
                answer = FAILED  # what it says of its endpoint comes again with it
            yield place.event_id, answer
