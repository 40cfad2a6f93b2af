"""A share: what of a submission goes to a follower, and what became of it there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from putevents.errors import NotDeliveredError
from putevents.ingest.submission import logged
from putevents.observability import Meter, Metric
from putevents.wire.answers import ACCEPTED, FAILED
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import REJECTED_BY_DESTINATION
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch


@dataclass
class Share:
    """A delivery to a follower. It is answered for with the submission that it is a share of."""

    destination: str
    application_id: str
    size: int
    arrival: Arrival
    valid: dict[str, ValidBatch] = field(default_factory=dict)
    answers: Mapping[str, ItemResponse] = field(default_factory=dict)
    latency_ms: float = 0.0
    not_asked: NotDeliveredError | None = None

    results: dict[str, ItemResponse] = field(default_factory=dict)  # nobody is told of them
    why: str = ""
    undelivered: dict[str, ValidBatch] = field(default_factory=dict)
    rejected: list[RejectedPart] = field(default_factory=list)
    accepted: int = 0
    updated: int = 0
    queued: int = 0  # events

    @property
    def only(self) -> tuple[str, ...]:
        """Its destination, as a message names it."""
        return (self.destination,)

    @property
    def is_begun(self) -> bool:
        """Whether anything of it was settled."""
        return bool(self.accepted or self.updated or self.rejected)

    @property
    def failed_events(self) -> int:
        """How many events were not delivered, whether the queue has them now or not."""
        return sum(len(batch.events) for batch in self.undelivered.values())

    def fit_answer(self, answer: EventItemResponse) -> EventItemResponse:
        """Return the destination's answer as it is: no client hears it."""
        return answer

    def add(self, endpoint_id: str, batch: ValidBatch) -> None:
        """Add an endpoint's batch, or what of it is to be delivered."""
        self.valid[endpoint_id] = batch
        self.results[endpoint_id] = {"EndpointItemResponse": FAILED, "EventsItemResponse": {}}

    def reject_all(self) -> None:
        """Note everything as rejected."""
        rule, message = REJECTED_BY_DESTINATION.rule, REJECTED_BY_DESTINATION.message
        self.rejected = [
            RejectedPart(endpoint_id, event_id, rule, message)
            for endpoint_id, batch in self.valid.items()
            for event_id in (*batch.events, *([None] if batch.endpoint is not None else []))
        ]

    @property
    def rejected_parts(self) -> dict[str, ValidBatch]:
        """What the destination rejected."""
        events: dict[str, dict[str, Any]] = {}
        for part in self.rejected:
            found = events.setdefault(part.endpoint_id, {})
            if part.event_id is not None:
                found[part.event_id] = self.valid[part.endpoint_id].events[part.event_id]
        alone = {part.endpoint_id for part in self.rejected if part.event_id is None}
        return {
            id_: self.valid[id_]._replace(
                endpoint=self.valid[id_].endpoint if id_ in alone else None, events=found
            )
            for id_, found in events.items()
        }

    def keep(self, batch_item: Mapping[str, ValidBatch]) -> None:
        """Count what was rejected as undelivered after all: no dead letter holds it."""
        for endpoint_id, batch in batch_item.items():
            other = self.undelivered.get(endpoint_id, batch)
            self.undelivered[endpoint_id] = batch._replace(
                endpoint=batch.endpoint or other.endpoint, events=other.events | batch.events
            )
        self.rejected = []

    def log(self, message: str, meter: Meter, *, has_waited: bool = False, **fields: Any) -> None:
        """Write its log line, which has its metrics too, by destination."""
        rejected = [part.event_id for part in self.rejected if part.event_id is not None]
        named: dict[str, Iterable[str]] = {
            "undelivered": [id_ for batch in self.undelivered.values() for id_ in batch.events],
            "rejected_ids": rejected,
        }
        if has_waited:
            named["delivered"] = [
                event_id
                for item in self.results.values()
                for event_id, answer in item["EventsItemResponse"].items()
                if answer is ACCEPTED
            ]
        meter.log(
            message,
            self.application_id,
            {
                Metric.EVENTS_ACCEPTED: self.accepted,
                Metric.EVENTS_REJECTED: len(rejected),
                Metric.EVENTS_QUEUED: self.queued,
                Metric.DELIVERY_FAILURES: self.failed_events,
                Metric.DELIVERY_LATENCY: self.latency_ms,
            },
            destination=self.destination,
            request_id=self.arrival.request_id,
            accepted=self.accepted,
            rejected=len(rejected),
            queued=self.queued,
            failed=self.failed_events - self.queued,
            **{name: logged(ids) for name, ids in named.items() if ids},
            **fields,
        )
