"""When something came in, and by which request; it rides along with every retry."""

import time
from collections.abc import Mapping
from typing import NamedTuple


class Arrival(NamedTuple):
    """Which request or message brought something, and when: Unix time in ms, by our own clock.

    `order` is the place of an endpoint among those of its request: a later one is updated later.
    """

    request_id: str
    timestamp: int
    order: int = 0

    @classmethod
    def now(cls, request_id: str) -> "Arrival":
        """Return the arrival of what comes in at this moment."""
        return cls(request_id, time.time_ns() // 1_000_000)

    def at(self, order: int) -> "Arrival":
        """Return the arrival of one endpoint of the request."""
        return self._replace(order=order)

    @property
    def age_seconds(self) -> float:
        """How long ago that was."""
        return time.time() - self.timestamp / 1000


# By endpoint id: messages that came in at different times are delivered in one call.
Arrivals = Mapping[str, Arrival]
