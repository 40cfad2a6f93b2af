"""Many requests at a given rate, a bounded number of them at once."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from typing import NamedTuple

from clients.put_events.call import BadCallError, Call
from clients.put_events.gateway import Answer, Gateway
from clients.put_events.outcome import CallError, ExitCode
from clients.put_events.summary import Summary

CATCH_UP_SECONDS = 0.1  # a stall is not made up for with a burst


class Sent(NamedTuple):
    """A request on its way, or back."""

    number: int  # of its line
    call: Call
    outcome: Answer | CallError


class Load:
    """Sends lines through a gateway and counts what became of them."""

    def __init__(
        self, gateway: Gateway, summary: Summary, *, rate: float | None, concurrency: int
    ) -> None:
        self._gateway, self._summary = gateway, summary
        self._interval = 1 / rate if rate else 0
        self._concurrency = concurrency
        self._pending: set[Future[Sent]] = set()

    def send(
        self,
        lines: Iterable[tuple[int, bytes]],
        application_id: str | None,
        complain: Callable[[str], None],
    ) -> None:
        """Send each numbered line; Ctrl-C sends no more, and what is on its way is counted."""
        due = time.monotonic()
        with ThreadPoolExecutor(self._concurrency) as pool:
            try:
                for number, line in lines:
                    try:
                        call = Call.of_line(line, application_id)
                    except BadCallError as error:
                        complain(f"Line {number} was not sent: {error}.")
                        self._summary.add_bad_line()
                        continue
                    self._wait_until(due)
                    due = max(due, time.monotonic() - CATCH_UP_SECONDS) + self._interval
                    self._pending.add(pool.submit(self._put_events, number, call))
            except KeyboardInterrupt:
                self._summary.end_with(ExitCode.INTERRUPTED)
            self._count(as_completed(set(self._pending)))

    def _wait_until(self, due: float) -> None:
        """Wait for the time and for a free place, counting what comes back meanwhile."""
        while (delay := due - time.monotonic()) > 0 or len(self._pending) >= self._concurrency:
            if self._pending:
                timeout = delay if delay > 0 else None
                self._count(wait(self._pending, timeout, FIRST_COMPLETED).done)
            else:
                time.sleep(delay)

    def _put_events(self, number: int, call: Call) -> Sent:
        try:
            return Sent(number, call, self._gateway.put_events(call))
        except CallError as error:
            return Sent(number, call, error)

    def _count(self, done: Iterable[Future[Sent]]) -> None:
        for future in done:
            self._pending.discard(future)
            number, call, outcome = future.result()
            if isinstance(outcome, Answer):
                self._summary.add_answer(call, outcome)
            else:
                self._summary.add_failure(number, call, outcome)
