"""Outages of days, simulated with a clock: `python -m tests.faults.outage` prints a table.

The waits, the limits and the breaker are the gateway's own. SQS and Lambda are models: a queue of
which at most 120,000 messages can be received and not yet deleted, and workers that each take ten
messages at a time.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from random import Random
from statistics import quantiles
from typing import NamedTuple

from putevents.breaker import Breaker
from putevents.queue import retry

MAX_IN_FLIGHT = 120_000  # SQS's, of a standard queue
WORKERS, BATCH = 10, 10
HOUR = 3600.0
CALL_SECONDS, QUEUE_SECONDS = 0.05, 0.02
HEALTHY_EVERY_SECONDS = 20.0


class Policy(NamedTuple):
    """How the queue door treats what failed."""

    wait: Callable[[int], float]
    gives_up: Callable[[int, float], bool]  # by attempt and age
    max_hidden: float
    window_seconds: float


class Outage(NamedTuple):
    """One application's destination fails for some hours; another one's is well."""

    hours: float
    messages: int  # that come within its first hour
    failing_call_seconds: float = 0.1
    max_in_flight: int = MAX_IN_FLIGHT


class Row(NamedTuple):
    """What came of it; seconds are counted from the end of the outage, or from being sent."""

    dead: int
    dead_after_hours: float
    drained_p50: float
    drained_p99: float
    invocations_per_message: float
    healthy_p99: float
    healthy_max: float


@dataclass(slots=True)
class _Message:
    is_healthy: bool
    sent: float
    attempt: int = 0
    is_in_flight: bool = False


@dataclass
class _Simulation:
    outage: Outage
    policy: Policy
    chance: Random
    now: float = 0.0
    in_flight: int = 0
    invocations: int = 0
    left: int = 0
    drained: list[float] = field(default_factory=list)
    dead: list[float] = field(default_factory=list)
    healthy: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._events: list[tuple[float, int, Callable[..., None], object]] = []
        self._numbers = count()
        self._due: deque[_Message] = deque()
        self._batch: list[_Message] = []
        self._batches = 0
        breakers = [Breaker(30, lambda: self.now) for _ in range(WORKERS)]
        self._idle = deque(breakers)
        self._full: deque[list[_Message]] = deque()

    def run(self) -> Row:
        """Run until nothing of the failing application is left."""
        for number in range(self.outage.messages):
            self._at(number * HOUR / self.outage.messages, self._come_due, _Message(False, -1))
        self.left = self.outage.messages
        self._at(0, self._send_healthy, None)
        while self.left:
            self.now, _, do, what = heappop(self._events)
            do(what)
            self._gather()
        return self._row()

    def _at(self, when: float, do: Callable[..., None], what: object) -> None:
        heappush(self._events, (when, next(self._numbers), do, what))

    def _send_healthy(self, _: object) -> None:
        self._come_due(_Message(True, self.now))
        self._at(self.now + HEALTHY_EVERY_SECONDS, self._send_healthy, None)

    def _come_due(self, message: _Message) -> None:
        if message.sent < 0:
            message.sent = self.now
        if message.is_in_flight:  # it was hidden
            message.is_in_flight = False
            self.in_flight -= 1
        self._due.append(message)

    def _gather(self) -> None:
        """Receive what is due into batches, as the event source mapping does."""
        while self._due and self.in_flight < self.outage.max_in_flight and not self._full:
            message = self._due.popleft()
            message.is_in_flight = True
            self.in_flight += 1
            self._batch.append(message)
            if len(self._batch) == BATCH:
                self._close(self._batches)
            elif len(self._batch) == 1:
                self._at(self.now + self.policy.window_seconds, self._close, self._batches)

    def _close(self, number: object) -> None:
        if number == self._batches and self._batch:
            self._full.append(self._batch)
            self._batch = []
            self._batches += 1
        self._start()

    def _start(self) -> None:
        while self._full and self._idle:
            breaker, batch = self._idle.popleft(), self._full.popleft()
            self.invocations += 1
            self._invoke(breaker, batch)

    def _invoke(self, breaker: Breaker, batch: list[_Message]) -> None:
        began = self.now
        healthy = [message for message in batch if message.is_healthy]
        failing = [message for message in batch if not message.is_healthy]
        seconds = QUEUE_SECONDS + CALL_SECONDS * bool(healthy)
        is_down = began < self.outage.hours * HOUR
        if not is_down:
            seconds += CALL_SECONDS * bool(failing)
        calls = 2 * len(failing) - 1  # halves, and halves of these
        while is_down and calls > 0 and seconds < 39 and breaker.lets_through("failing"):
            seconds += self.outage.failing_call_seconds
            calls -= 1
            self.now = began + seconds
            breaker.note("failing", answered=False)
        self.now = began
        self._at(began + seconds, self._end, (breaker, healthy, failing, is_down))

    def _end(self, what: tuple[Breaker, list[_Message], list[_Message], bool]) -> None:
        breaker, healthy, failing, is_down = what
        self._idle.append(breaker)
        self.in_flight -= len(healthy)
        self.healthy += [self.now - message.sent for message in healthy]
        if is_down:
            is_crowded = self.in_flight > self.policy.max_hidden
            for message in failing:
                self._keep(message, is_crowded)
        else:
            self.in_flight -= len(failing)
            self.left -= len(failing)
            self.drained += [self.now - self.outage.hours * HOUR] * len(failing)
        self._start()

    def _keep(self, message: _Message, is_crowded: bool) -> None:
        message.attempt += 1
        wait = self.policy.wait(message.attempt)
        if self.policy.gives_up(message.attempt, self.now - message.sent):
            self.in_flight -= 1
            self.left -= 1
            self.dead.append(self.now - message.sent)
            return
        if is_crowded:  # sent anew, with SQS's delay
            self.in_flight -= 1
            message.is_in_flight = False
            wait = min(wait, retry.MAX_DELAY_SECONDS)
        self._at(self.now + wait, self._come_due, message)

    def _row(self) -> Row:
        drained = sorted(self.drained) or [0.0, 0.0]
        healthy = quantiles(self.healthy, n=100)
        return Row(
            dead=len(self.dead),
            dead_after_hours=min(self.dead, default=0) / HOUR,
            drained_p50=drained[len(drained) // 2],
            drained_p99=drained[len(drained) * 99 // 100],
            invocations_per_message=self.invocations / self.outage.messages,
            healthy_p99=healthy[98],
            healthy_max=max(self.healthy),
        )
