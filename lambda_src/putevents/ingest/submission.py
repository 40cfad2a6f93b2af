"""A submission: one request, endpoint update or queue message on its way through `ingest`.

It is also the delivery to home, which its shares to the followers come after.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from putevents.errors import NotDeliveredError
from putevents.observability import Meter, Metric, logger
from putevents.queue.messages import Rest
from putevents.wire.answers import ACCEPTED, MAX_ANSWER_BYTES, answer_bytes
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import REJECTED_BY_DESTINATION, Rejection
from putevents.wire.schemas import (
    EndpointResponse,
    EventItemResponse,
    EventsRequest,
    ItemResponse,
    ValidBatch,
)
from putevents.wire.storable import storable

if TYPE_CHECKING:
    from putevents.ingest.share import Share

MAX_LOGGED = 1000  # ids in a log line, which may have 256 KB
MAX_LOGGED_CHARACTERS = 64  # of each


@dataclass
class Submission:
    """What came in, and what became of it so far."""

    application_id: str
    request: EventsRequest
    size: int  # characters of the JSON that it came in
    arrival: Arrival
    raw: Callable[[], dict[str, Any]]  # the EventsRequest as it came; read when a part is rejected
    attempt: int = 1
    queued_at: int = 0  # when a message came to the queue
    # A message of the queue: it can stay there, and nobody hears what is answered.
    is_message: bool = False
    is_enriched: bool = False  # a part of an EnrichedSubmission: its raw events are envelopes
    has_waited: bool = False  # a message whose events the log has named as not delivered
    orders: Mapping[str, int] = field(default_factory=dict)  # of endpoints, if not as they stand
    # Endpoints as they were when their events came in, if these have waited since.
    stored: Mapping[str, EndpointResponse] = field(default_factory=dict)
    # Those that lack it, in the order of the settings; none are named where there is only one.
    destinations: tuple[str, ...] = ()

    results: dict[str, ItemResponse] = field(default_factory=dict)  # the answer, in wire form
    valid: dict[str, ValidBatch] = field(default_factory=dict)
    is_for_home: bool = True
    answers: Mapping[str, ItemResponse] = field(default_factory=dict)  # home's
    not_asked: NotDeliveredError | None = None  # why home was not asked, if it was not
    why: str = ""  # what home said of the first part that it did not take, if anything
    # Answered 500 until the queue holds it.
    undelivered: dict[str, ValidBatch] = field(default_factory=dict)
    rejected: list[RejectedPart] = field(default_factory=list)
    # Members that an endpoint is taken without, each with the endpoint's id.
    left_out: list[tuple[Rejection, str]] = field(default_factory=list)
    answer_room: int = MAX_ANSWER_BYTES  # bytes that texts of the destination may take
    accepted: int = 0  # events
    updated: int = 0  # endpoints of which something was said
    queued: int = 0  # events
    latency_ms: float = 0.0
    shares: list["Share"] = field(default_factory=list)
    # Endpoints that home could not tell of: what it lacks of them has to wait for all destinations.
    untold: set[str] = field(default_factory=set)
    # Those that were forgotten since it came in; of a submission that is not for home.
    forgotten: set[str] = field(default_factory=set)
    lost: int = 0  # events that home accepted, and neither a follower nor the queue
    failure: Exception | None = None  # while there is none, all is well with it
    # What nobody holds of a message that failed though other parts of it were settled: valid parts
    # and rejected ones as they came. None if that is all of it.
    left: tuple[list[Rest], dict[str, Any]] | None = None

    @property
    def failed_events(self) -> int:
        """How many events were not delivered, whether the queue has them now or not."""
        return sum(len(batch.events) for batch in self.undelivered.values())

    @property
    def rejected_events(self) -> int:
        """How many events were answered 4xx."""
        return sum(part.event_id is not None for part in self.rejected)

    @property
    def is_lacked(self) -> bool:
        """Whether any destination lacks a part of it."""
        return bool(self.undelivered) or any(share.undelivered for share in self.shares)

    def is_waiting(self, endpoint_id: str) -> bool:
        """Whether any destination lacks a part of an endpoint's batch."""
        return endpoint_id in self.undelivered or any(
            endpoint_id in share.undelivered for share in self.shares
        )

    @property
    def has_delivered(self) -> bool:
        """Whether any destination has a part of it, or a dead letter instead of a follower."""
        return bool(self.accepted or self.updated) or any(s.is_begun for s in self.shares)

    @property
    def is_begun(self) -> bool:
        """Whether anything of it was settled."""
        return self.has_delivered or bool(self.rejected and not self.not_asked)

    @property
    def rest(self) -> Rest:
        """What home lacks, for a later attempt."""
        return Rest(
            self.application_id,
            self.undelivered,
            self.arrival,
            self.attempt,
            self.queued_at,
            self.destinations,
            self.is_enriched,
        )

    @property
    def taken_apart(self) -> "Sequence[Submission]":
        """What goes through `ingest` in its place: nothing else, but for enriched events."""
        return [self]

    def put_together(self) -> None:
        """Take over what became of its parts."""

    @property
    def can_stay(self) -> bool:
        """Whether it can be left on the queue as it is, instead of being queued as a message."""
        return self.is_message and not self.is_enriched

    @property
    def event_ids(self) -> Iterable[str]:
        """The ids of all events that it came with, whatever became of them."""
        for batch in self.request.batch_item.values():
            if not isinstance(batch, Rejection):
                yield from batch.events

    @property
    def left_ids(self) -> Iterable[str]:
        """The ids of the events of a message that nobody has."""
        if self.left is None:
            return self.event_ids
        rests, raw = self.left
        rejected = [part for part in self.rejected if part.endpoint_id in raw]
        valid = (batch for rest in rests for batch in rest.batch_item.values())
        return [
            *dict.fromkeys(id_ for batch in valid for id_ in batch.events),
            *(part.event_id for part in rejected if part.event_id is not None),
        ]

    def reject(
        self, rejection: Rejection, endpoint_id: str, event_id: str | None = None
    ) -> EventItemResponse:
        """Note a part that broke a rule; return its answer."""
        message = rejection.message
        self.rejected.append(RejectedPart(endpoint_id, event_id, rejection.rule, message))
        return {"StatusCode": 400, "Message": message}

    def fit_answer(self, answer: EventItemResponse) -> EventItemResponse:
        """Return a destination's answer, or a short one if its text could not be passed on."""
        if answer is not ACCEPTED:
            self.answer_room -= answer_bytes(answer["Message"])
            if self.answer_room < 0:
                return {**answer, "Message": REJECTED_BY_DESTINATION.message}
        return answer

    def log_rejected(self) -> None:
        """Write a log line for each rule that was broken."""
        if not (self.rejected or self.left_out):
            return
        parts = [(part.rule, part.event_id or part.endpoint_id) for part in self.rejected]
        self._log_each("rejected", parts)
        left_out = [(rule.message, endpoint_id) for rule, endpoint_id in self.left_out]
        self._log_each("left out", left_out)

    def log(self, door: str, meter: Meter, **fields: Any) -> None:
        """Write the log lines of a submission of events; the last one has its metrics too."""
        self.log_rejected()
        if self.is_for_home:
            self._log_home(door, meter, **fields)
        for share in self.shares:
            if not self.is_for_home:
                share.log(door, meter, has_waited=self.has_waited, **fields)
            elif share.undelivered or share.rejected:
                share.log("follower lacks events", meter)

    def _log_home(self, door: str, meter: Meter, **fields: Any) -> None:
        if self.shares:
            accepted: Counter[str] = Counter()  # of enriched events a follower has several shares
            for share in self.shares:
                accepted[share.destination] += share.accepted
            fields["followers"] = dict(accepted)
        rejected, failed = self.rejected_events, self.failed_events
        meter.log(
            door,
            self.application_id,
            {
                Metric.EVENTS_ACCEPTED: self.accepted,
                Metric.EVENTS_REJECTED: rejected,
                Metric.EVENTS_QUEUED: self.queued,
                Metric.DELIVERY_FAILURES: failed,
                Metric.DELIVERY_LATENCY: self.latency_ms,
            },
            request_id=self.arrival.request_id,
            endpoints=len(self.results),
            accepted=self.accepted,
            rejected=rejected,
            queued=self.queued,
            failed=failed - self.queued + self.lost,
            **(self._ids() | fields),
        )

    def _ids(self) -> dict[str, Any]:
        """Return the ids of events that were not delivered, so that a person finds theirs.

        Of a message that waited, also those whose wait is over.
        """
        undelivered = {id_: batch.events for id_, batch in self.undelivered.items()}
        named = {
            "undelivered": [event_id for events in undelivered.values() for event_id in events]
        }
        if self.has_waited:
            named["rejected_ids"] = [part.event_id for part in self.rejected if part.event_id]
            named["delivered"] = [
                event_id
                for endpoint_id, item in self.results.items()
                for event_id, answer in item["EventsItemResponse"].items()
                if answer["StatusCode"] == ACCEPTED["StatusCode"]
                and event_id not in undelivered.get(endpoint_id, ())
            ]
        return {name: logged(ids) for name, ids in named.items() if ids}

    def _log_each(self, what: str, rules: list[tuple[str, str]]) -> None:
        """Write a line for each rule, with the id of the first part that broke it."""
        examples = dict(reversed(rules))
        for rule, count in Counter(rule for rule, _ in rules).items():
            logger.warning(
                what,
                request_id=self.arrival.request_id,
                reason=rule,
                count=count,
                example=logged_id(examples[rule]),
            )


def logged_id(id_: str) -> str:
    """Return an id as a log line has it: its beginning."""
    return storable(id_)[:MAX_LOGGED_CHARACTERS]


def logged(ids: Iterable[str]) -> list[str]:
    """Return ids as a log line has them, and no more than it may hold."""
    return [logged_id(id_) for id_ in islice(ids, MAX_LOGGED)]
