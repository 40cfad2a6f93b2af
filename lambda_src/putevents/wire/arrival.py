"""When something came in, and by which request; it rides along with every retry."""

import time
from collections.abc import Mapping
from typing import NamedTuple


class Arrival(NamedTuple):
    """Which request or message brought something, and when: Unix time in ms, by our own clock."""

    request_id: str
    timestamp: int

    @classmethod
    def now(cls, request_id: str) -> "Arrival":
        """Return the arrival of what comes in at this moment."""
        return cls(request_id, time.time_ns() // 1_000_000)

    def later(self, milliseconds: int) -> "Arrival":
        """Return the arrival of a later part of the same request."""
        return self._replace(timestamp=self.timestamp + milliseconds)

    @property
    def age_seconds(self) -> float:
        """How long ago that was."""
        return time.time() - self.timestamp / 1000


# By endpoint id: messages that came in at different times are delivered in one call.
Arrivals = Mapping[str, Arrival]
