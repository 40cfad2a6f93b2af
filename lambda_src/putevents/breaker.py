"""Whether the destination is worth asking: after calls that failed whole it is left alone."""

from time import monotonic

from putevents.observability import logger

FAILURES = 5


class Breaker:
    """Counts, in this process and for each application, the calls in a row that failed whole.

    After `FAILURES` of them none is let through for some seconds; then one, which decides.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._failing: dict[str, tuple[int, float]] = {}  # how often, and until when to wait

    def lets_through(self, application_id: str) -> bool:
        """Whether to call the destination for this application now."""
        failures, until = self._failing.get(application_id, (0, 0.0))
        return failures < FAILURES or monotonic() >= until

    def note(self, application_id: str, *, answered: bool) -> None:
        """Take notice of a call: whether anything at all was answered for good."""
        failures, _ = self._failing.pop(application_id, (0, 0.0))
        if not answered:
            failures += 1
            self._failing[application_id] = failures, monotonic() + self._seconds
        if failures >= FAILURES:
            text = "destination is back" if answered else "destination is left alone"
            logger.warning(text, application_id=application_id, failures=failures)

    def close(self, application_id: str) -> None:
        """Let the next calls through: there is nobody else who would take what they bring."""
        self._failing.pop(application_id, None)
