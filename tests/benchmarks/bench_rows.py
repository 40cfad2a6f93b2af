"""The rows of `make bench`: what is measured, against what, and how much it may be."""

from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.bench_lab import Lab, zipped
from tests.benchmarks.bench_traffic import SMALL_EVENT, request
from tests.benchmarks.paired import Spread, compare, compare_cold, compare_memory

MIB = 1024 * 1024
MANY = 9_999  # with their endpoint as many parts as a request may have


class Figure(NamedTuple):
    """What a row came to: in a unit of its own, and in units of what it is held against."""

    own: Spread
    ratio: Spread


class Row(NamedTuple):
    """A line of the table; `part` is what `ROWS=` names."""

    part: str
    work: str
    against: str
    target: float  # the most that the ratio may be
    unit: str
    measure: Callable[[Lab], Figure]


def is_missed(row: Row, figure: Figure) -> bool:
    """Whether the ratio, as the page shows it, is more than the target."""
    return round(figure.ratio.median, 2) > row.target


def _warm(events: int, target: float) -> Row:
    def measure(lab: Lab) -> Figure:
        body = request(events)
        return Figure(*compare(lab.api(body), lab.put_events(body)))

    work = f"warm, {events} event{'s' if events > 1 else ''}, `pinpoint`"
    return Row("warm", work, "stock `put_events`", target, "ms", measure)


def _by_hand(lab: Lab) -> Figure:
    body = request(100)
    return Figure(*compare(lab.api(body), lab.by_hand(body)))


def _growth(lab: Lab) -> Figure:
    many, hundred = (lab.api(request(events, SMALL_EVENT)) for events in (MANY, 100))
    ms, ratio = compare(many, hundred)
    return Figure(ms, Spread(*(times * 100 / MANY for times in ratio)))


def _lake(lab: Lab) -> Figure:
    return Figure(*compare(lab.api(request(10), "lake"), lab.lake_calls(10)))


def _queue(events: int, target: float) -> Row:
    def measure(lab: Lab) -> Figure:
        bodies = [request(events, device=number) for number in range(10)]
        return Figure(*compare(lab.queue(bodies), lab.put_events(*bodies)))

    work = f"queue, 10 messages of {events} events"
    return Row("queue", work, "ten stock calls", target, "ms", measure)


def _cold(lab: Lab) -> Figure:
    body = request(1)
    return Figure(*compare_cold(lab.api(body), lab.put_events(body)))


def _cold_lake(lab: Lab) -> Figure:
    body = request(1)
    return Figure(*compare_cold(lab.api(body, "lake"), lab.put_events(body)))


def _cold_usual(lab: Lab) -> Figure:
    body = request(1)
    return Figure(*compare_cold(lab.api(body), lab.usual(body)))


def _memory(lab: Lab) -> Figure:
    body = request(100)
    return Figure(*compare_memory(lab.api(body), lab.put_events(body)))


def _size(lab: Lab) -> Figure:
    ours, stock = zipped(lab.package), zipped(lab.stock)
    return Figure(Spread.of([ours / MIB]), Spread.of([ours / stock]))


STOCK_START = "stock `import boto3; client; put_events`"
ROWS = [
    Row("cold", "cold, to the first answer, `pinpoint`", STOCK_START, 1.08, "ms", _cold),
    Row("cold", "cold, to the first answer, `lake`", STOCK_START, 1.10, "ms", _cold_lake),
    Row("cold", "cold, the same, `pinpoint`", "the usual handler", 0.68, "ms", _cold_usual),
    _warm(1, 1.25),
    _warm(10, 1.05),
    _warm(100, 0.55),
    Row("warm", "warm, the same 100 events", "sign, send, `json.loads`", 4.0, "ms", _by_hand),
    Row("warm", "one request of 10,000 parts", "100 times one of 100", 1.0, "ms", _growth),
    Row("lake", "warm, 10 events of a known user, `lake`", "two bare calls", 1.7, "ms", _lake),
    _queue(10, 0.25),
    _queue(100, 0.5),
    Row("size", "package, zipped", "a stock install", 0.22, "MiB", _size),
    Row("memory", "memory at 100 events a request", "the stock client", 1.2, "MiB", _memory),
]
