"""Waits for something outside the tests to become true."""

import time
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")
SECONDS = 30.0


class StillNotError(AssertionError):
    """What was waited for did not happen in time."""


def eventually(ask: Callable[[], ResultT], within: float = SECONDS) -> ResultT:
    """Ask until the answer is not empty; the answer. Fails with the last one when time is up."""
    deadline = time.monotonic() + within
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise StillNotError(f"still {answer!r} after {within:g} seconds")
        time.sleep(0.1)
    return answer
