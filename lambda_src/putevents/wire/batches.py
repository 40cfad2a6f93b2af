"""Things in a row, put together in order as long as a limit of count and one of size allow it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

ThingT = TypeVar("ThingT")


def batches(
    things: Iterable[ThingT],
    size_of: Callable[[ThingT], int],
    *,
    max_size: int,
    max_count: int = sys.maxsize,
) -> Iterator[list[ThingT]]:
    """Yield full batches and a last one; a thing that is too large for any is alone in its own."""
    batch: list[ThingT] = []
    total = 0
    for thing in things:
        size = size_of(thing)
        if batch and (len(batch) == max_count or total + size > max_size):
            yield batch
            batch, total = [], 0
        batch.append(thing)
        total += size
    if batch:
        yield batch
