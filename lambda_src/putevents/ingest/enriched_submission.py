"""A request or message of enriched events on its way through `ingest`: in parts, told as one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from putevents.errors import NotDeliveredError, PartlyDeliveredError
from putevents.ingest.submission import Submission
from putevents.wire.answers import ACCEPTED, FAILED
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EventItemResponse, EventsRequest, ItemResponse, ValidBatch

if TYPE_CHECKING:
    from putevents.ingest.share import Share


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
            self.is_for_home = part.is_for_home
            _add_results(self.results, part.results)
            self.lost += part.lost
            _add(self.undelivered, part.undelivered)
            for share in part.shares:
                self._add_share(share)

    def _add_share(self, share: "Share") -> None:
        """Take over what became of a part at a follower."""
        same = [own for own in self.shares if own.destination == share.destination]
        if not same:
            # Of its own, since what a part is to be given of it must not change.
            new = replace(share, results={}, undelivered={}, rejected=[*share.rejected])
            _add_results(new.results, share.results)
            _add(new.undelivered, share.undelivered)
            self.shares.append(new)
            return
        [own] = same
        own.accepted += share.accepted
        own.updated += share.updated
        own.queued += share.queued
        own.latency_ms = max(own.latency_ms, share.latency_ms)
        own.rejected += share.rejected
        _add_results(own.results, share.results)
        _add(own.undelivered, share.undelivered)

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


def _add_results(results: dict[str, ItemResponse], others: Mapping[str, ItemResponse]) -> None:
    for endpoint_id, item in others.items():
        known = results.setdefault(endpoint_id, {**item, "EventsItemResponse": {}})
        known["EventsItemResponse"].update(item["EventsItemResponse"])


def _add(waiting: dict[str, ValidBatch], undelivered: Mapping[str, ValidBatch]) -> None:
    for endpoint_id, batch in undelivered.items():
        waiting.setdefault(endpoint_id, ValidBatch(None, {})).events.update(batch.events)
