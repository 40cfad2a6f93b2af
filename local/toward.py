"""Which destinations a message of the queue is for, and what is said of those that lack it."""

from collections.abc import Iterable, Mapping
from typing import Any

from putevents.queue.messages import DESTINATIONS, destinations_in

MAX_NAMES = 8  # a producer can name as many as it likes
_SAID = {"queued": "waits", "waiting": "waits", "dead": "dead letter"}


def names_in(attributes: Mapping[str, Mapping[str, Any]], home: str) -> tuple[str, ...]:
    """The destinations that lack what a message holds; home where it names none."""
    text = str(attributes.get(DESTINATIONS, {}).get("StringValue") or "")
    return destinations_in(text)[:MAX_NAMES] or (home,)


def said_of(name: str, verdict: str, reason: str | None) -> str:
    """What is told of a follower beside home's verdict: `stream: waits`."""
    said = f"{name}: {_SAID.get(verdict, verdict)}"
    return f"{said}, {reason}" if reason and verdict == "dead" else said


def several(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(names)
