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
        self._wanted = rate
        self._started = self._ended = perf_counter()
        self._sent = self._failed = self._bad_lines = 0
        self._verdict = Verdict()
        self._latencies = array("d")
        self._first_lines: dict[str, int] = {}

    def add_answer(self, call: Call, answer: Answer) -> None:
        """Count a request that was answered."""
        self._count_sent()
        self._latencies.append(answer.seconds)
        verdict = judge(call.events_request, answer.events_response["Results"])
        self._verdict.add(verdict)
        if not verdict.all_accepted:
            self.end_with(ExitCode.NOT_ACCEPTED)

    def add_failure(self, number: int, call: Call, error: CallError) -> None:
        """Count a request that has no EventsResponse; none of its events was accepted."""
        self._count_sent()
        self._failed += 1
        self._first_lines.setdefault(error.kind, number)
        events = sum(len(event_ids) for _, event_ids in asked(call.events_request))
        self._verdict.add(Verdict(events=events, failed=Counter({error.kind: events})))
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
        bad = f", {self._bad_lines} bad lines not sent" if self._bad_lines else ""
        yield f"requests   {self._sent} sent, {self._failed} failed{bad}"
        verdict = self._verdict
        rejected, failed = (_events(texts) for texts in (verdict.rejected, verdict.failed))
        yield (
            f"events     {verdict.events} sent, {verdict.accepted} accepted, "
            f"{rejected} rejected, {failed} failed"
        )
        yield from self._texts("rejected", verdict.rejected)
        yield from self._texts("failed", verdict.failed)
        if self._latencies:
            yield f"latency    {self._percentiles()}"
        yield f"rate       {self._rate()}"

    def _count_sent(self) -> None:
        self._sent += 1
        self._ended = perf_counter()

    def _texts(self, kind: str, texts: Counter[str]) -> Iterator[str]:
        for text, count in texts.most_common(TEXTS):
            first = self._first_lines.get(text)
            yield f"{kind:10} {count} x {text}" + (f", first in line {first}" if first else "")
        if len(texts) > TEXTS:
            yield f"{kind:10} {len(texts) - TEXTS} other texts"

    def _percentiles(self) -> str:
        ordered = sorted(self._latencies)
        shown = [f"p{p} {_nearest_rank(ordered, p) * 1000:.1f} ms" for p in PERCENTILES]
        return ", ".join([*shown, f"max {ordered[-1] * 1000:.1f} ms"])

    def _rate(self) -> str:
        seconds = self._ended - self._started
        requests, events = ((n / seconds if seconds else 0) for n in (self._sent, self._verdict.events))
        wanted = f" of {self._wanted:g} asked for" if self._wanted else ""
        return f"{requests:.1f} requests/s{wanted}, {events:.1f} events/s, in {seconds:.1f} s"


def _events(texts: Counter[str]) -> int:
    return sum(count for text, count in texts.items() if not text.startswith("endpoint: "))


def _nearest_rank(ordered: list[float], percent: int) -> float:
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]
