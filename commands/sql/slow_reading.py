"""Whoever waits is told that events are being read, once that takes a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

Tell = Callable[[int], None]  # how many events there are to read, about
SECONDS = 1.0


def silent(events: int) -> None:
    """Tell nobody."""


@contextmanager
def told_if_slow(tell: Tell, events: int) -> Iterator[None]:
    """Tell it from another thread if the block takes long; afterwards nothing is told any more."""
    timer = Timer(SECONDS, tell, [events])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def sentence(events: int) -> str:
    """What somebody reads who waits."""
    if events > 0:
        return f"Reading about {events:,} events ..."
    return "Bringing the copy of the events up to date ..."
