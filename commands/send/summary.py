"""Counts what became of many requests, and says it in a few lines."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from commands.exit_codes import ExitCode
from commands.plain_text import printable
from commands.send.call import Call
from commands.send.client import CallError
from commands.send.tally import Tally, asked, compare

TEXTS = 10  # that are shown of each kind


class Summary:
    """The counts; not for threads to share."""

    def __init__(self) -> None:
        self.exit_code = ExitCode.DONE
        self._answered = self._bad_lines = self._lost_events = 0
        self._tally = Tally()
        self._failures: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}

    def add_answer(self, call: Call, answer: dict[str, Any]) -> None:
        """Count a request by its EventsResponse."""
        self._answered += 1
        tally = compare(call.events_request, answer["Results"])
        self._tally.add(tally)
        if not tally.all_accepted:
            self.end_with(ExitCode.REJECTED)

    def add_failure(self, call: Call, error: CallError, number: int = 0) -> None:
        """Count a request without an EventsResponse: none of its events was accepted."""
        self._failures[error.kind] += 1
        if number:
            self._first_lines[error.kind] = min(number, self._first_lines.get(error.kind, number))
        self._lost_events += sum(len(event_ids) for _, event_ids in asked(call.events_request))
        self.end_with(ExitCode(error.exit_code))

    def add_bad_line(self) -> None:
        """Count a line that holds no request."""
        self._bad_lines += 1
        self.end_with(ExitCode.USAGE)

    def end_with(self, code: ExitCode) -> None:
        """Note how the command has to end."""
        self.exit_code = max(self.exit_code, code)

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self._answered + self._failures.total()

    @property
    def failed(self) -> int:
        """How many events were neither accepted nor rejected."""
        return self._tally.failed.total() + self._lost_events

    def lines(self) -> Iterator[str]:
        """The counts as a person reads them."""
        tally, failures = self._tally, self._failures
        bad = f", {self._bad_lines} not sent (bad lines)" if self._bad_lines else ""
        yield f"requests   {self.sent} sent, {failures.total()} failed{bad}"
        for text, count in failures.most_common(TEXTS):
            line = self._first_lines.get(text)
            yield f"{'':10} {count} x {printable(text)}{f', first in line {line}' if line else ''}"
        yield (
            f"events     {tally.events + self._lost_events} sent, {tally.accepted} accepted, "
            f"{tally.rejected.total()} rejected, {self.failed} failed"
        )
        yield from _table("rejected", tally.rejected)
        yield from _table("failed", tally.failed)
        yield from _table("endpoints", tally.endpoints)


def _table(name: str, texts: Counter[str]) -> Iterator[str]:
    for text, count in texts.most_common(TEXTS):
        yield f"{name:10} {count} x {printable(text)}"
    if len(texts) > TEXTS:
        yield f"{name:10} {len(texts) - TEXTS} other texts"
