"""Who was signed in on an endpoint at which moment: its last few users, and since when.

A time begins with the update that first named its user, and lasts to the next. Between that update
and the `last` that named the user, others may have done so too: of those nothing is kept.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from putevents.endpoints.stamps import PACKED_BYTES, moment_stamp, packed, unpacked
from putevents.wire.arrival import MAX_AGE_MS

KEPT = 6  # times of one endpoint, the present one among them
_LAST = "~"  # after all that a stamp has behind its moment
_COMPACT = (PACKED_BYTES * 8 + 5) // 6  # letters of base64


class Time(NamedTuple):
    """A time of a user, or of nobody, or of who is not known: both are an empty id."""

    first: str
    last: str
    user_id: str


def read_times(texts: Iterable[str], user_id: str, named: str) -> list[Time]:
    """The times as they are stored, given who is signed in and when that was last said."""
    times = [_read(text) for text in texts]
    if not times:
        return [Time("", named, user_id)]
    if times[-1].user_id != user_id:  # an earlier version of the code has written since
        return not_known_before(named, user_id, named)
    return [*times[:-1], times[-1]._replace(last=max(times[-1].last, named))]


def not_known_before(stamp: str, user_id: str, named: str) -> list[Time]:
    """The times of an endpoint of which only the present user is known, since a moment."""
    return [Time("", stamp, ""), Time(stamp, max(stamp, named), user_id)]


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
    return _joined([*before, *new, *after])


def is_since(moment: str, times: Sequence[Time]) -> bool:
    """Whether an endpoint has had one user only, since it exists."""
    return len(times) == 1 and times[0].first <= moment + _LAST


def write_times(times: Sequence[Time], now: str) -> list[str]:
    """The times as they are stored; none if all that may still wait is of the present user.

    An update that names the present user changes nothing, but that times go which ended before
    anything that still waits can have come.
    """
    oldest = moment_stamp(max(0, int(now[:13]) - MAX_AGE_MS))
    kept = _cut(list(times[sum(time.first <= oldest for time in times[1:]) :]))
    if len(kept) == 1 and kept[0].first <= oldest:
        return []
    kept[-1] = kept[-1]._replace(last=kept[-1].first)
    return [_write(time) for time in kept]


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


def _write(time: Time) -> str:
    last = "" if time.last == time.first else _short(time.last)
    return f"{_short(time.first)} {last} {time.user_id}"


def _read(text: str) -> Time:
    first, last, user_id = text.split(" ", 2)
    return Time(_long(first), _long(last or first), user_id)


def _short(stamp: str) -> str:
    """A stamp in half its letters; a moment, or a stamp of an earlier version, as it is."""
    data = packed(stamp)
    return b64encode(data).decode().rstrip("=") if data else stamp


def _long(text: str) -> str:
    if len(text) < _COMPACT or "-" in text:
        return text
    return unpacked(text + "=" * (-len(text) % 4))
