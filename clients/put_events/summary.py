"""What became of a file of requests, counted and told."""

import math
from array import array
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from clients.put_events.call import Call
from clients.put_events.gateway import Answer
from clients.put_events.outcome import CallError, ExitCode
from clients.put_events.verdict import Verdict, asked, judge

TEXTS = 10  # that are told of each kind
PERCENTILES = 50, 90, 99


class Summary:
    """The counts; not for threads to share."""

    def __init__(self, rate: float | None) -> None:
        self.exit_code = ExitCode.ACCEPTED
        self._wanted_rate = rate
        self._started = self._ended = perf_counter()
        self._bad_lines = self._lost_events = 0
        self._verdict = Verdict()
        self._latencies = array("d")
        self._failures: Counter[str] = Counter()
        self._first_lines: dict[str, int] = {}

    def add_answer(self, call: Call, answer: Answer) -> None:
        """Count a request that was answered."""
        self._ended = perf_counter()
        self._latencies.append(answer.seconds)
        verdict = judge(call.events_request, answer.events_response["Results"])
        self._verdict.add(verdict)
        if not verdict.all_accepted:
            self.end_with(ExitCode.NOT_ACCEPTED)

    def add_failure(self, number: int, call: Call, error: CallError) -> None:
        """Count a request that has no EventsResponse: none of its events was accepted."""
        self._ended = perf_counter()
        self._failures[error.kind] += 1
        self._first_lines.setdefault(error.kind, number)
        self._lost_events += sum(len(event_ids) for _, event_ids in asked(call.events_request))
        self.end_with(ExitCode(error.exit_code))

    def add_bad_line(self) -> None:
        """Count a line that holds no request."""
        self._bad_lines += 1
        self.end_with(ExitCode.USAGE)

    def end_with(self, code: ExitCode) -> None:
        """Note how the command has to end."""
        self.exit_code = max(self.exit_code, code)

    def lines(self) -> Iterator[str]:
        """The counts as a person reads them."""
        verdict, sent = self._verdict, len(self._latencies) + self._failures.total()
        events = verdict.events + self._lost_events
        bad = f", {self._bad_lines} not sent (bad lines)" if self._bad_lines else ""
        yield f"requests   {sent} sent, {self._failures.total()} failed{bad}"
        for text, count in self._failures.most_common(TEXTS):
            yield f"{'':10} {count} x {text}, first in line {self._first_lines[text]}"
        yield (
            f"events     {events} sent, {verdict.accepted} accepted, "
            f"{verdict.rejected.total()} rejected, "
            f"{verdict.failed.total() + self._lost_events} failed"
        )
        yield from _table("rejected", verdict.rejected)
        yield from _table("failed", verdict.failed)
        yield from _table("endpoints", verdict.endpoints)
        if self._latencies:
            yield f"latency    {_percentiles(sorted(self._latencies))}"
        yield f"rate       {self._rate(sent, events)}"

    def _rate(self, requests: int, events: int) -> str:
        seconds = self._ended - self._started
        per_second = 1 / seconds if seconds else 0
        wanted = f" of {self._wanted_rate:g} asked for" if self._wanted_rate else ""
        return (
            f"{requests * per_second:.1f} requests/s{wanted}, "
            f"{events * per_second:.1f} events/s, {seconds:.1f} s in all"
        )


def _table(name: str, texts: Counter[str]) -> Iterator[str]:
    for text, count in texts.most_common(TEXTS):
        yield f"{name:10} {count} x {text}"
    if len(texts) > TEXTS:
        yield f"{name:10} {len(texts) - TEXTS} other texts"


def _percentiles(ordered: list[float]) -> str:
    ranks = {f"p{p}": math.ceil(len(ordered) * p / 100) for p in PERCENTILES}
    ranks["max"] = len(ordered)
    return ", ".join(f"{name} {ordered[rank - 1] * 1000:.1f} ms" for name, rank in ranks.items())
