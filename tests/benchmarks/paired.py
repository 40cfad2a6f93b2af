"""Two jobs side by side, A B A B, so that both meet the same moments of a busy machine."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

WORKER = Path(__file__).with_name("bench_worker.py")
STARTS = 4  # pairs of processes: no two processes are equally quick
ROUNDS = 6
COLD_STARTS = 11
MEMORY_STARTS = 3
ROUND_SECONDS = 0.05  # CPU time of the dearer side


class Job(NamedTuple):
    """What a worker does: in which Python and packages, by which function, with what."""

    python: Path
    packages: Path
    name: str
    given: Any
    environment: Mapping[str, str]


class Spread(NamedTuple):
    """A median, and the quarters beside it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, figures: list[float]) -> Self:
        """The spread of several figures; of one, itself three times."""
        low, _, high = quantiles(figures, n=4) if len(figures) > 1 else figures * 3
        return cls(low, median(figures), high)


class Worker:
    """A process that does a job as often as it is told."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self._in, self._out, self._process = process.stdin, process.stdout, process

    def seconds(self, calls: int) -> float:
        """CPU seconds of one call, over so many."""
        self._in.write(f"{calls}\n")
        self._in.flush()
        return float(self._answer()) / calls

    def end(self) -> int:
        """End it; the most memory that it ever had, in KiB."""
        return int(self._last()["memory"])

    def shares(self) -> dict[str, float]:
        """End it; the CPU seconds of the last calls, by what was timed."""
        shares: dict[str, float] = self._last()["shares"]
        return shares

    def _last(self) -> dict[str, Any]:
        self._in.close()
        last: dict[str, Any] = json.loads(self._answer())
        return last

    def _answer(self) -> str:
        line = self._out.readline()
        if not line:
            raise RuntimeError(f"A worker ended with {self._process.wait()}.")
        return line


@contextmanager
def worker(job: Job) -> Iterator[Worker]:
    """A worker until the block ends."""
    with TemporaryDirectory() as folder, _start(job, Path(folder)) as process:
        yield Worker(process)


def _start(job: Job, folder: Path) -> "subprocess.Popen[str]":
    given = folder / "given.json"
    given.write_text(json.dumps(job.given))
    return subprocess.Popen(
        # Without site packages: the job's own are all there are.
        [job.python, "-I", "-S", WORKER, job.packages, job.name, given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath, **job.environment},
    )


def compare(ours: Job, other: Job) -> tuple[Spread, Spread]:
    """CPU ms of a call of ours, and the same in units of the other's."""
    pairs = [pair for _ in range(STARTS) for pair in _alternating(ours, other)]
    ms = Spread.of([own * 1000 for own, _ in pairs])
    return ms, Spread.of([own / other for own, other in pairs])


def _alternating(ours: Job, other: Job) -> list[tuple[float, float]]:
    with worker(ours) as mine, worker(other) as theirs:
        dearer = max(mine.seconds(1), theirs.seconds(1))  # with what is made at the first call
        dearer = max(each.seconds(max(1, round(ROUND_SECONDS / dearer))) for each in (mine, theirs))
        calls = max(1, round(ROUND_SECONDS / dearer))
        pairs = [(mine.seconds(calls), theirs.seconds(calls)) for _ in range(ROUNDS)]
        mine.end(), theirs.end()
    return pairs


def compare_cold(ours: Job, other: Job) -> tuple[Spread, Spread]:
    """The same of a process from its start to the end of its first answer."""
    pairs = [(_cold_seconds(ours), _cold_seconds(other)) for _ in range(COLD_STARTS)]
    ms = Spread.of([own * 1000 for own, _ in pairs])
    return ms, Spread.of([own / other for own, other in pairs])


def _cold_seconds(job: Job) -> float:
    with TemporaryDirectory() as folder:
        process = _start(job, Path(folder))
        assert process.stdin
        process.stdin.write("1\n")
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.stdout
        process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"A worker ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime


def compare_memory(ours: Job, other: Job) -> tuple[Spread, Spread]:
    """The most MiB that ours ever has in memory, and the same in units of the other's."""
    own, others = ([_kib(job) for _ in range(MEMORY_STARTS)] for job in (ours, other))
    mib = Spread.of([kib / 1024 for kib in own])
    return mib, Spread.of([a / b for a, b in zip(own, others, strict=True)])


def _kib(job: Job) -> int:
    with worker(job) as process:
        process.seconds(30)
        return process.end()
