"""How many events of each verdict came in each of the last seconds."""

from collections.abc import Mapping
from typing import Any

VERDICTS = ("accepted", "rejected", "queued", "waiting", "dead", "failed")
SECONDS = 300


class SecondCounts:
    """Counts by second; its caller holds a lock."""

    def __init__(self) -> None:
        self._seconds: dict[int, dict[str, int]] = {}
        self.totals = dict.fromkeys(VERDICTS, 0)

    def add(self, at: int, counts: Mapping[str, int]) -> None:
        """Count events at a moment of Unix time in ms; a count may be taken back."""
        second = at // 1000
        found = self._seconds.get(second)
        if found is None:
            found = self._seconds[second] = {}
            for old in [s for s in self._seconds if s < second - SECONDS]:
                del self._seconds[old]
        for verdict, count in counts.items():
            found[verdict] = found.get(verdict, 0) + count
            self.totals[verdict] += count

    def at(self, second: int) -> dict[str, Any]:
        """The counts of one second."""
        found = self._seconds.get(second, {})
        return {"at": second * 1000} | {v: max(0, found.get(v, 0)) for v in VERDICTS}

    def last(self, now: int) -> list[dict[str, Any]]:
        """The counts of the last seconds, the oldest first."""
        second = now // 1000
        return [self.at(s) for s in range(second - SECONDS + 1, second + 1)]
