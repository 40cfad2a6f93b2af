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

from infra.deploy_settings import DeploySettings
from infra.door_functions import BATCH_SIZE, BATCHING_WINDOW
from putevents.breaker import Breaker
from putevents.ingest.deliver import SLOW_SECONDS
from putevents.queue.retry import GIVE_UP_SECONDS, MAX_DELAY_SECONDS, MAX_HIDDEN, RetryQueue
from putevents.time_left import DELIVERY_SECONDS, QUEUEING_SECONDS
from tests.unit.doors import settings

MAX_IN_FLIGHT = 120_000  # SQS's limit
WORKERS: int = DeploySettings.model_fields["queue_concurrency"].default
WORKER_SECONDS = 60.0
HOUR = 3600.0
CALL_SECONDS, QUEUE_SECONDS = 0.05, 0.02
HEALTHY_EVERY_SECONDS = 20.0


class Policy(NamedTuple):
    """How messages that failed are treated, and messages that are due are gathered."""

    wait: Callable[[int], float]
    gives_up: Callable[[int, float], bool]  # by attempt and age
    max_hidden: float
    window_seconds: float
    halves_slow_calls: bool = False


def today() -> Policy:
    """As the code has it."""
    return Policy(
        RetryQueue(settings()).wait,
        lambda _, age: age >= GIVE_UP_SECONDS,
        MAX_HIDDEN,
        BATCHING_WINDOW.to_seconds(),
    )


def before(chance: Random) -> Policy:
    """As it was until 25 November 2026: 32 attempts, of which most an hour apart at most."""

    def wait(attempt: int) -> float:
        longest = min(HOUR, 30.0 * 4 ** min(attempt - 1, 8))
        return chance.uniform(longest / 2, longest)

    return Policy(wait, lambda attempt, _: attempt >= 32, float("inf"), 0, halves_slow_calls=True)


class Outage(NamedTuple):
    """An outage of the one destination, while another application sends a message now and then."""

    hours: float
    messages: int  # that come within its first hour
    failing_call_seconds: float = 0.1
    scale: float = 1.0  # of SQS's limits and ours, to try the same with fewer messages


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


def simulate(outage: Outage, policy: Policy) -> Row:
    """Run until nothing of the failing application is left."""
    return _Simulation(outage, policy).run()


@dataclass
class _Simulation:
    outage: Outage
    policy: Policy
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
        while self._due and self.in_flight < MAX_IN_FLIGHT * self.outage.scale and not self._full:
            message = self._due.popleft()
            message.is_in_flight = True
            self.in_flight += 1
            self._batch.append(message)
            if len(self._batch) == BATCH_SIZE:
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
        """One invocation: at its end messages are gone or wait."""
        began, is_down = self.now, self.now < self.outage.hours * HOUR
        healthy = [message for message in batch if message.is_healthy]
        failing = [message for message in batch if not message.is_healthy]
        calls, first = 2 * len(failing) - 1, True  # halves, and halves of these
        if not is_down:
            self.now += CALL_SECONDS * bool(failing)
            calls = 0
        while calls > 0 and self._may_call(breaker, began):
            self.now += self.outage.failing_call_seconds
            breaker.note("failing", answered=False)
            is_slow = self.outage.failing_call_seconds >= SLOW_SECONDS
            calls = 0 if is_slow and not self.policy.halves_slow_calls else calls - 1
            if first:  # the other application's call comes before any half
                self.now += CALL_SECONDS * bool(healthy)
                self.healthy += [self.now - message.sent for message in healthy]
                first = False
        if first:
            self.now += CALL_SECONDS * bool(healthy)
            self.healthy += [self.now - message.sent for message in healthy]
        ends, self.now = self.now + QUEUE_SECONDS, began
        self._at(ends, self._end, (breaker, healthy, failing, is_down))

    def _may_call(self, breaker: Breaker, began: float) -> bool:
        left = began + WORKER_SECONDS - self.now
        return left >= DELIVERY_SECONDS + QUEUEING_SECONDS and breaker.lets_through("failing")

    def _end(self, what: tuple[Breaker, list[_Message], list[_Message], bool]) -> None:
        breaker, healthy, failing, is_down = what
        self._idle.append(breaker)
        self.in_flight -= len(healthy)
        if is_down:
            is_crowded = self.in_flight > self.policy.max_hidden * self.outage.scale
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
            wait = min(wait, MAX_DELAY_SECONDS)
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
