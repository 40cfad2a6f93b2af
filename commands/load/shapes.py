"""How many simulated apps call at each moment of a load test."""

from collections.abc import Callable
from math import ceil

BURSTS = 5


def _steady(users: int, _: float) -> int:
    return users


def _ramp(users: int, part: float) -> int:
    return ceil(users * part)


def _burst(users: int, part: float) -> int:
    """Return a tenth of the users, and all of them in the second half of each fifth."""
    return users if part * BURSTS % 1 >= 0.5 else ceil(users / 10)


SHAPES: dict[str, Callable[[int, float], int]] = {
    "steady": _steady,
    "ramp": _ramp,
    "burst": _burst,
}


def users_at(shape: str, users: int, seconds: float, elapsed: float) -> int | None:
    """Return the users after `elapsed` of `seconds`, at least one; None when the test is over."""
    if elapsed >= seconds:
        return None
    return max(1, SHAPES[shape](users, elapsed / seconds))
