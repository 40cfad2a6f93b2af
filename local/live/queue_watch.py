"""Tells the live page of the queue's runs, and lets what waits go when chaos ends."""

from collections.abc import Callable, Iterable, Sequence

from local.event_source import RunWatch
from local.live.chaos import Chaos
from local.live.happenings import Happenings
from local.queue_message import Message


class QueueWatch(RunWatch):
    """`release` makes all that waits due."""

    def __init__(self, happenings: Happenings, chaos: Chaos, release: Callable[[], None]) -> None:
        self._happenings, self._chaos, self._release = happenings, chaos, release
        self._ends_before = 0

    @property
    def is_paused(self) -> bool:
        """Whether the queue hands nothing out."""
        return self._chaos.queue == "fail"

    def started(self, messages: Sequence[Message]) -> None:
        """The handler begins with these."""
        self._ends_before = self._chaos.ends
        self._happenings.run_started(messages)

    def ended(self, messages: Sequence[Message], failed: Iterable[str]) -> None:
        """The handler is done with these; the failed ones stay."""
        self._happenings.run_ended(messages, failed)
        if failed and self._chaos.ends > self._ends_before:
            self._release()  # they were told to wait when chaos was on
