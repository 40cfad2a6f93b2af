"""A clock that runs on evenly, whatever the machine's clock is set to meanwhile."""

import time
from collections.abc import Callable


def _elapsed_ns() -> int:
    # On Linux, the one that counts on while a laptop sleeps.
    return time.clock_gettime_ns(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SteadyClock:
    """Starts at the time of day of the machine's clock."""

    def __init__(
        self,
        wall_ns: Callable[[], int] = time.time_ns,
        elapsed_ns: Callable[[], int] = _elapsed_ns,
    ) -> None:
        self._elapsed_ns = elapsed_ns
        self._start_ns = wall_ns() - elapsed_ns()

    def now(self) -> int:
        """Return the time in ms, as Unix time if the machine's clock was right at the start."""
        return (self._start_ns + self._elapsed_ns()) // 1_000_000
