"""Calls that are answered part by part inside a 200: each part's error, or that it was taken."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from putevents.destinations.call_failure import code_of, failure_text
from putevents.observability import logger
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED, as_object, not_yet
from putevents.wire.schemas import EventItemResponse

PartT = TypeVar("PartT")


class Told(NamedTuple):
    """What the service said of a part that it did not take: its error, or that of the call."""

    code: str
    text: str
    is_of_part: bool = True

    @property
    def answer(self) -> EventItemResponse:
        """As the answer of a destination: not delivered yet, and why."""
        return not_yet(self.text)


def answer_of(told: Told | None) -> EventItemResponse:
    """Return the answer for a part that can be taken by another try, or was taken."""
    return told.answer if told else ACCEPTED


def answered_parts(
    name: str,
    calls: Iterable[Sequence[PartT]],
    make: Callable[[Sequence[PartT]], Iterable[Any]],
    *,
    proof: str,
    time_left: TimeLeft,
) -> Iterator[tuple[PartT, Told | None]]:
    """Make calls; yield each part that was answered with its error, None if it was taken.

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
            failures[code_of(error)] += len(parts)
            told = Told(code_of(error), failure_text(error), is_of_part=False)
            yield from ((part, told) for part in parts)
            break
        for part, answer in zip(parts, answers, strict=False):
            code = answer.get("ErrorCode")
            if answer.get(proof) and not code:
                yield part, None
            else:
                failures[str(code)] += 1
                said = filter(None, (code, answer.get("ErrorMessage")))
                yield part, Told(str(code), ": ".join(map(str, said)))
    for kind, count in failures.items():
        logger.warning(f"{name} failed", error=kind, records=count)
