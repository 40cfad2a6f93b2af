"""A delivery: what of one request or message goes to one destination, and what became of it."""

from collections.abc import Mapping
from typing import Protocol

from putevents.errors import NotDeliveredError
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import EventItemResponse, ItemResponse, ValidBatch


class Delivery(Protocol):
    """A submission is the one to home, a share the one to a follower."""

    application_id: str
    size: int  # characters of the JSON that it came in
    arrival: Arrival
    valid: dict[str, ValidBatch]
    answers: Mapping[str, ItemResponse]  # the destination's
    latency_ms: float
    not_asked: NotDeliveredError | None  # why the destination was not asked, if it was not

    results: dict[str, ItemResponse]
    why: str  # what the destination said of the first part that it did not take, if anything
    undelivered: dict[str, ValidBatch]
    rejected: list[RejectedPart]
    accepted: int  # events
    updated: int  # endpoints of which something was said

    def fit_answer(self, answer: EventItemResponse) -> EventItemResponse:
        """Return a destination's answer as it is passed on."""
        ...
