"""A circuit breaker: after calls that failed whole, the destination is not asked for a while."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from putevents.observability import logger

FAILURES = 5


class Breaker:
    """Counts, for each application, the calls in a row that failed whole.

    After `FAILURES` of them it lets none through for some seconds; then one, which decides.
    """

    def __init__(
        self, seconds: float, clock: Callable[[], float] = monotonic, destination: str = ""
    ) -> None:
        self._seconds, self._clock = seconds, clock
        # Its log lines name the destination where there are several.
        self._named: dict[str, Any] = {"destination": destination} if destination else {}
        self._failing: dict[str, tuple[int, float]] = {}  # how often, and until when to wait

    def lets_through(self, application_id: str) -> bool:
        """Whether to call the destination for this application now; the call must be noted."""
        if self.is_open(application_id):
            return False
        failures, _ = self._failing.get(application_id, (0, 0.0))
        if failures >= FAILURES:  # this call decides; others wait for it
            self._failing[application_id] = failures, self._clock() + self._seconds
        return True

    def is_open(self, application_id: str) -> bool:
        """Whether the destination is not to be called now."""
        failures, until = self._failing.get(application_id, (0, 0.0))
        return failures >= FAILURES and self._clock() < until

    def note(self, application_id: str, *, answered: bool) -> None:
        """Count a call: whether any part of it was answered."""
        failures, _ = self._failing.pop(application_id, (0, 0.0))
        if not answered:
            failures += 1
            self._failing[application_id] = failures, self._clock() + self._seconds
        if failures >= FAILURES:
            text = "destination is back" if answered else "destination is left alone"
            logger.warning(text, application_id=application_id, failures=failures, **self._named)

    def close(self, application_id: str) -> None:
        """Let the next calls through."""
        self._failing.pop(application_id, None)
