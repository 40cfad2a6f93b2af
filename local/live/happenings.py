"""What the live page is told of: requests, messages and runs of the queue, kept as they are.

Nothing is read, decoded or copied here: that is done when somebody looks.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from local.http_messages import Request, Response
from local.live.second_counts import SecondCounts
from local.queue_message import Message, NewMessage

if TYPE_CHECKING:
    from putevents.wire.rejected_record import RejectedPart


class _Sized(Protocol):
    @property
    def size(self) -> int: ...


ItemT = TypeVar("ItemT", bound=_Sized)
MAX_KEPT = 500  # requests and messages
MAX_BYTES = 32 * 1024 * 1024  # of their bodies and answers
MAX_TOLD = 2_000  # of what happens to messages, until somebody looks


@dataclass(eq=False)
class Exchange:
    """A request and its answer."""

    request: Request
    response: Response
    number: int = 0

    @property
    def size(self) -> int:
        """The bytes that are kept for it."""
        return len(self.request.body) + len(self.response.body)


@dataclass(eq=False)
class Sent:
    """A message that was put on a queue, by the gateway or by a producer."""

    queue: str
    message_id: str
    message: NewMessage
    at: int
    number: int = 0

    @property
    def size(self) -> int:
        """The bytes that are kept for it."""
        return len(self.message.body)


@dataclass(eq=False)
class RunStarted:
    """The queue's handler got these messages."""

    messages: Sequence[Message]
    at: int

    @property
    def size(self) -> int:
        """The bytes that are kept for it."""
        return sum(len(message.body) for message in self.messages)


@dataclass(eq=False)
class RunEnded:
    """It is done; these stay on the queue."""

    messages: Sequence[Message]
    failed: frozenset[str]
    at: int
    size: int = 0  # the start of the run holds them already


@dataclass(eq=False)
class Rejected:
    """Parts that broke a rule, as the destination was given them."""

    request_id: str
    parts: "list[RejectedPart]"
    at: int
    size: int = 0


Happening = Sent | RunStarted | RunEnded | Rejected


class Happenings:
    """Takes from any thread what happens; whoever looks takes it away in the order it came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = _Bounded[Happening](MAX_TOLD)
        self._kept = _Bounded[Exchange | Sent](MAX_KEPT)
        self.counts = SecondCounts()
        self.in_hand: set[str] = set()  # requests that are not kept yet; their events may be stored
        # Numbers grow over restarts too, so that a page of a former run is not taken for newer.
        self._number = int(time.time()) * 100
        self.first_number = self._number + 1

    def exchanged(self, request: Request, response: Response, counts: Mapping[str, int]) -> None:
        """A request was answered; `counts` says with how many accepted, rejected, failed."""
        with self._lock:
            self._number += 1
            self._kept.append(Exchange(request, response, self._number))
            self.counts.add(request.received_ms, counts)

    def sent(self, queue: str, message_ids: Iterable[str], messages: Iterable[NewMessage]) -> None:
        """Messages were put on a queue."""
        now = now_ms()
        with self._lock:
            for message_id, message in zip(message_ids, messages, strict=True):
                self._number += 1
                one = Sent(queue, message_id, message, now, self._number)
                self._kept.append(one)
                self._told.append(one)

    def run_started(self, messages: Sequence[Message]) -> None:
        """The queue's handler begins with these."""
        self._tell(RunStarted(messages, now_ms()))

    def run_ended(self, messages: Sequence[Message], failed: Iterable[str]) -> None:
        """The queue's handler is done with these; the failed ones stay."""
        self._tell(RunEnded(messages, frozenset(failed), now_ms()))

    def rejected(self, request_id: str, parts: "list[RejectedPart]") -> None:
        """The destination was given what broke a rule."""
        self._tell(Rejected(request_id, parts, now_ms()))

    def take(self) -> list[Happening]:
        """What happened to messages since the last time, in its order."""
        with self._lock:
            return self._told.take()

    def kept(self) -> list[Exchange | Sent]:
        """The last requests and messages, the newest last."""
        with self._lock:
            return list(self._kept.items)

    def _tell(self, one: Happening) -> None:
        with self._lock:
            self._told.append(one)


class _Bounded(Generic[ItemT]):
    """The last items, as many as there is room for."""

    def __init__(self, max_count: int) -> None:
        self._max_count, self._bytes = max_count, 0
        self.items: deque[ItemT] = deque()

    def append(self, one: ItemT) -> None:
        self.items.append(one)
        self._bytes += one.size
        while len(self.items) > self._max_count or self._bytes > MAX_BYTES:
            self._bytes -= self.items.popleft().size

    def take(self) -> list[ItemT]:
        taken, self.items, self._bytes = list(self.items), deque(), 0
        return taken


def now_ms() -> int:
    """The time of day."""
    return time.time_ns() // 1_000_000
