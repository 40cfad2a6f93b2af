"""When something came in, by which request, and from whom; it rides along with every retry."""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from putevents.wire.caller import UNKNOWN, Caller

# API Gateway waits minutes at most for an answer; a request that is older is a wrong clock's.
_MAX_REQUEST_AGE_MS = 5 * 60 * 1000
# Fourteen days on the queue, as many as a dead letter, and again on the queue once sent back.
MAX_AGE_MS = 3 * 14 * 24 * 3600 * 1000


class Arrival(NamedTuple):
    """Which request or message brought something, and when: Unix time in ms, by our own clock.

    `order` is the place of an endpoint among those of its request: a later one is updated later.
    """

    request_id: str
    timestamp: int
    order: int = 0
    caller: Caller = UNKNOWN

    @classmethod
    def now(cls, request_id: str) -> "Arrival":
        """Return the arrival of what comes in at this moment."""
        return cls(request_id, _now())

    @classmethod
    def of_request(cls, context: Mapping[str, Any], *, ties: bool = False) -> "Arrival":
        """Return the arrival of a request, given the `requestContext` of API Gateway.

        The handler starts later, after a cold start by seconds. A time that is missing or that no
        request of this moment can have is not believed.
        """
        received, now = context.get("requestTimeEpoch"), _now()
        if not isinstance(received, int) or abs(now - received) > _MAX_REQUEST_AGE_MS:
            received = now
        return cls(request_id(context), received, 0, Caller.of_request(context, ties=ties))

    def claimed(self, timestamp: int) -> "Arrival":
        """Return the arrival that a sender claims for what it passes on, if that can be true."""
        is_possible = self.timestamp - MAX_AGE_MS <= timestamp <= self.timestamp
        return self._replace(timestamp=timestamp) if is_possible else self

    def at(self, order: int) -> "Arrival":
        """Return the arrival of one endpoint of the request."""
        return self._replace(order=order) if order != self.order else self

    @property
    def age_seconds(self) -> float:
        """How long ago that was."""
        return time.time() - self.timestamp / 1000


def request_id(context: Mapping[str, Any]) -> str:
    """Return what a `requestContext` calls the request; the client reads it in the answer."""
    return context.get("requestId") or "unknown"


def _now() -> int:
    return time.time_ns() // 1_000_000


# By endpoint id: messages that came in at different times are delivered in one call.
Arrivals = Mapping[str, Arrival]
