"""The followers' turns: how long each may take, so that a client soon hears of what home has."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic

from putevents.call_deadline import calls_end_at
from putevents.time_left import TimeLeft

# All followers of a request together. One that is well takes some 30 ms, and one that has to be
# connected to less than a second; a phone gives up after ten, and sends again what home has.
FOLLOWER_SECONDS = 3.0
# A call that has less is not begun.
LEAST_SECONDS = 0.25


class Turns:
    """Divides what is left of that time among those whose turn is still to come.

    A call that is under way when the turn ends is cut off, and may have been done. What it was to
    deliver is not delivered for all we know, so it is queued: the follower can get it twice.
    """

    def __init__(self, count: int, *, is_awaited: bool) -> None:
        self._count = count
        self._end = monotonic() + FOLLOWER_SECONDS if is_awaited else inf

    @contextmanager
    def next(self, time_left: TimeLeft) -> Iterator[TimeLeft]:
        """Give the next one its turn: what is left to it."""
        now = monotonic()
        end = now + (self._end - now) / self._count
        self._count -= 1
        with calls_end_at(end):
            yield time_left.until(end - LEAST_SECONDS)
