"""Calls that are answered part by part inside a 200: each part's error, or that it was taken."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from putevents.observability import logger
from putevents.time_left import TimeLeft
from putevents.wire.answers import as_object

PartT = TypeVar("PartT")


def answered_parts(
    name: str,
    calls: Iterable[Sequence[PartT]],
    make: Callable[[Sequence[PartT]], Iterable[Any]],
    *,
    proof: str,
    time_left: TimeLeft,
) -> Iterator[tuple[PartT, str]]:
    """Make calls; yield each part that was answered with its error code, "" if it was taken.

    `make` returns the answers of a call in the order of its parts; one proves by its member `proof`
    that the part was taken. After a call that failed as a whole the rest is not tried: a service
    that is down is asked once a request. Nothing is raised for a failure outside.
    """
    failures: Counter[str] = Counter()
    for parts in calls:
        if not time_left.is_enough_to_deliver():
            failures["out of time"] += len(parts)
            break
        try:
            answers = [as_object(told) for told in make(parts)]
        except Exception as error:
            # Whatever botocore raises, also over an answer it cannot read, nothing of this call was
            # confirmed.
            failures[kind_of(error)] += len(parts)
            break
        for part, answer in zip(parts, answers, strict=False):
            code = answer.get("ErrorCode")
            if answer.get(proof) and not code:
                yield part, ""
            else:
                failures[str(code)] += 1
                yield part, str(code)
    for kind, count in failures.items():
        logger.warning(f"{name} failed", error=kind, records=count)


def kind_of(error: Exception) -> str:
    """What went wrong, without what it went wrong with."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code"))
    return type(error).__name__
