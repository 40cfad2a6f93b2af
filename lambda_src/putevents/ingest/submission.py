"""What became of one EventsRequest: the answer for each id, the counts, the log lines."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from putevents.observability import Metric, emit, logger
from putevents.wire.rules import Rejection
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch

# Clients compare this text to the letter.
ACCEPTED: EventItemResponse = {"StatusCode": 202, "Message": "Accepted"}
# The one answer that every client takes as "try again later".
FAILED: EventItemResponse = {"StatusCode": 500, "Message": "Not delivered, please try again."}


class Refusal(NamedTuple):
    """A part that was answered 4xx, and the rule it broke; without an event id, the endpoint."""

    endpoint_id: str
    event_id: str | None
    rule: str


@dataclass
class Report:
    """Filled while a request is judged and delivered; `results` is the answer, in wire form.

    What is `undelivered` is answered 500 until something durable holds it.
    """

    application_id: str
    results: dict[str, ItemResponse] = field(default_factory=dict)
    undelivered: dict[str, ValidBatch] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    accepted: int = 0
    rejected: int = 0
    queued: int = 0
    latency_ms: float = 0.0

    @property
    def failed(self) -> int:
        """Events whose delivery failed, whether the queue has them now or not."""
        return sum(len(batch.events) for batch in self.undelivered.values())

    def reject(
        self, rejection: Rejection, endpoint_id: str, event_id: str | None = None
    ) -> EventItemResponse:
        """The 400 for a part that broke a rule."""
        self.refusals.append(Refusal(endpoint_id, event_id, rejection.rule))
        return {"StatusCode": 400, "Message": rejection.message}

    def confirm_queued(self, not_queued: list[dict[str, ValidBatch]]) -> None:
        """Answer 202 for all that was undelivered, but for what the queue did not take."""
        refused = {
            (endpoint_id, event_id)
            for piece in not_queued
            for endpoint_id, batch in piece.items()
            for event_id in (*batch.events, *([None] if batch.endpoint.model_fields_set else []))
        }
        for endpoint_id, batch in self.undelivered.items():
            item = self.results[endpoint_id]
            if batch.endpoint.model_fields_set and (endpoint_id, None) not in refused:
                item["EndpointItemResponse"] = ACCEPTED
            for event_id in batch.events:
                if (endpoint_id, event_id) not in refused:
                    item["EventsItemResponse"][event_id] = ACCEPTED
                    self.queued += 1

    def log(self, door: str, **fields: Any) -> None:
        """Write the request's line, a line for each kind of refusal, and the metrics."""
        examples = {r.rule: r.event_id or r.endpoint_id for r in reversed(self.refusals)}
        for rule, count in Counter(refusal.rule for refusal in self.refusals).items():
            logger.warning("rejected", reason=rule, count=count, example=examples[rule][:64])
        logger.info(
            door,
            application_id=self.application_id,
            endpoints=len(self.results),
            accepted=self.accepted,
            rejected=self.rejected,
            queued=self.queued,
            failed=self.failed - self.queued,
            **fields,
        )
        emit(
            self.application_id,
            {
                Metric.EVENTS_ACCEPTED: self.accepted,
                Metric.EVENTS_REJECTED: self.rejected,
                Metric.EVENTS_QUEUED: self.queued,
                Metric.DELIVERY_FAILURES: self.failed,
                Metric.DELIVERY_LATENCY: self.latency_ms,
            },
        )
