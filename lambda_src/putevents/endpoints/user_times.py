"""Who was signed in on an endpoint at which moment: its last few users, and since when.

A time begins with the update that first named its user, and lasts to the next. Between that update
and the `last` that named the user, others may have done so too: of those nothing is kept.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

KEPT = 4  # times of one endpoint, the present one among them


class Time(NamedTuple):
    """A time of a user, or of nobody, or of who is not known: both are an empty id."""

    first: str
    last: str
    user_id: str


def read_times(texts: Iterable[str], user_id: str, named: str) -> list[Time]:
    """The times as they are stored, given who is signed in and when that was last said."""
    times = [Time(*text.split(" ", 2)) for text in texts]
    if not times or times[-1].user_id != user_id:
        # Stored by an earlier version, or two updates were written at once: before, all is open.
        return [Time("", named, ""), Time(named, named, user_id)]
    return [*times[:-1], times[-1]._replace(last=max(times[-1].last, named))]


def with_named(times: Sequence[Time], user_id: str, stamp: str) -> list[Time]:
    """The times, once a user was named at a moment, which may be before other times."""
    before = [time for time in times if time.first <= stamp]
    after = list(times[len(before) :])
    new = [Time(stamp, stamp, user_id)]
    if before:
        now = before.pop()
        if now.user_id == user_id:
            new = [now._replace(last=max(now.last, stamp))]
        elif stamp >= now.last:
            new = [now, *new]
        elif now.user_id:
            # When its user was named again is not known but for the last time.
            first, last = now._replace(last=stamp), now._replace(first=now.last)
            new = [first, Time(stamp, now.last, ""), last]
        else:
            new = [now]
    return _cut([*before, *_joined([*new, *after])])


def write_times(times: Iterable[Time]) -> list[str]:
    """The times as they are stored: an update that names the present user changes none."""
    kept = list(times)
    kept[-1:] = [time._replace(last=time.first) for time in kept[-1:]]
    return [" ".join(time) for time in kept]


def user_then(times: Iterable[Time], stamp: str) -> str:
    """The user who was signed in at a moment; empty if that was nobody, or is not known."""
    user_id = ""
    for time in times:
        if time.first <= stamp:
            user_id = time.user_id
    return user_id


def without(times: Iterable[Time], user_id: str) -> list[Time]:
    """The times, in which a user is nobody."""
    return [time._replace(user_id="") if time.user_id == user_id else time for time in times]


def _joined(times: Sequence[Time]) -> list[Time]:
    """The times; neighbours of one user are one."""
    joined = list(times[:1])
    for before, time in pairwise(times):
        if before.user_id == time.user_id:
            joined[-1] = joined[-1]._replace(last=time.last)
        else:
            joined.append(time)
    return joined


def _cut(times: list[Time]) -> list[Time]:
    """The newest times; of those before nothing is known."""
    if len(times) <= KEPT:
        return times
    kept = times[1 - KEPT :]
    return [Time("", kept[0].first, ""), *kept]
