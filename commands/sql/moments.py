"""Time in Trino's words: zones, intervals, units and formats."""

import re
from collections.abc import Callable
from datetime import datetime

from sqlglot import exp

from commands.sql.nodes import Zoned, call, clock, literal_text, text
from commands.sql.sql_error import SqlError

FIELDS = {
    *("year", "quarter", "month", "week", "week_of_year", "day", "day_of_month", "day_of_week"),
    *("dow", "day_of_year", "doy", "year_of_week", "yow", "hour", "minute", "second"),
}
BY_CLOCK = FIELDS | {"millisecond", "date", "last_day_of_month"}
_TIME_UNITS = {"millisecond", "second", "minute", "hour"}
_TRUNCATED = _TIME_UNITS | {"day", "week", "month", "quarter", "year"}
_STEPS = {unit: (f"to_{unit}s", 1) for unit in _TRUNCATED} | {
    "week": ("to_days", 7),
    "quarter": ("to_months", 3),
}
_INTERVALS = {"year", "month", "day", "hour", "minute", "second"}
_BOTH_WAYS = {
    "Y": "%Y", "m": "%m", "d": "%d", "H": "%H", "i": "%M", "s": "%S", "S": "%S", "f": "%f",
    "T": "%H:%M:%S", "p": "%p", "h": "%I", "I": "%I", "c": "%-m", "e": "%-d", "k": "%-H",
    "l": "%-I", "r": "%I:%M:%S %p", "b": "%b", "M": "%B", "j": "%j", "%": "%%",
}  # fmt: skip
_WRITTEN = _BOTH_WAYS | {"a": "%a", "W": "%A", "v": "%V", "x": "%G", "y": "%y"}
_ZONE = re.compile(r"(.*\d) ?([A-Za-z][\w/+-]*|[+-]\d\d:\d\d)")


def zoned(instant: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The instant in a zone; in UTC it needs no zone at its side."""
    if isinstance(zone, exp.Literal) and zone.name.upper() in {"UTC", "Z", "+00:00"}:
        return instant
    return Zoned(this=instant, zone=zone)


def at_time_zone(moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    instant = moment.this if isinstance(moment, Zoned) else call("instant_of", moment)
    return zoned(instant, zone)


def with_timezone(moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    return zoned(call("instant_at", call("timestamp_of", moment), zone), zone)


def from_unixtime(seconds: exp.Expr, zone: exp.Expr | None = None) -> exp.Expr:
    instant = call("athena_from_unixtime", seconds)
    return instant if zone is None else zoned(instant, zone)


def from_iso8601_timestamp(value: exp.Expr) -> exp.Expr:
    return Zoned(this=call("iso_instant", value), zone=call("iso_zone", value))


def timestamp_literal(written: str) -> exp.Expr:
    """TIMESTAMP '2026-01-01 00:00:00 Europe/Berlin'."""
    found = _ZONE.fullmatch(written)
    if not found:
        raise SqlError(f"'{written}' is no timestamp with a time zone")
    return with_timezone(text(found[1]), text(found[2]))


def date_trunc(unit: exp.Expr, moment: exp.Expr) -> exp.Expr:
    name = _unit(unit, "date_trunc")
    if isinstance(moment, Zoned):
        local, zone = call("truncated", text(name), moment.local), moment.args["zone"]
        return Zoned(this=call("instant_at", local, zone), zone=zone)
    return call("truncated", text(name), _with_clock(name, moment))


def date_add(unit: exp.Expr, count: exp.Expr, moment: exp.Expr) -> exp.Expr:
    name = _unit(unit, "date_add")
    return _plus(name, call("whole_count", count), moment)


def date_diff(unit: exp.Expr, first: exp.Expr, second: exp.Expr) -> exp.Expr:
    name = _unit(unit, "date_diff")
    return call("units_between", text(name), _with_clock(name, first), _with_clock(name, second))


def plus_interval(node: exp.Add | exp.Sub) -> exp.Expr | None:
    """A moment and an interval; None if neither side is an interval."""
    left, right, sign = node.left.unnest(), node.right.unnest(), 1
    if isinstance(node, exp.Add) and _interval(left):
        left, right = right, left
    if not _interval(right):
        return None
    if isinstance(node, exp.Sub):
        sign = -1
    if isinstance(right, exp.Neg):
        right, sign = right.this.unnest(), -sign
    name = right.text("unit").lower()
    count = re.fullmatch(r"([+-]?)(\d+)", right.this.name)
    if name not in _INTERVALS or not count:
        raise SqlError(
            f"{right.sql('trino')} is not known here: write one unit, as in INTERVAL '1' DAY"
        )
    number = sign * int(count[0])
    return _plus(name, exp.Literal.number(number), left)


def series(first: exp.Expr, last: exp.Expr, step: exp.Expr) -> exp.Expr:
    """sequence() of dates or timestamps."""
    name, negative = step.text("unit").lower(), isinstance(step, exp.Neg)
    if negative or name not in _INTERVALS or not re.fullmatch(r"\d+", step.this.name):
        raise SqlError("the step of a sequence is INTERVAL '1' DAY or of another unit here")
    function, factor = _STEPS[name]
    size = exp.Literal.number(int(step.this.name) * factor)
    return call("series_of", _with_clock(name, first), last, call(function, size))


def written(moment: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """date_format."""
    return call("formatted", clock(moment), _pattern("date_format", pattern, _WRITTEN))


def read(value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """date_parse."""
    return call("parsed", value, _pattern("date_parse", pattern, _BOTH_WAYS))


def now(node: exp.Expr, moment: datetime) -> exp.Expr:
    """current_date, current_timestamp, now() or localtimestamp, of one moment for a statement."""
    if isinstance(node, exp.CurrentDate):
        return exp.cast(text(moment.date().isoformat()), "date")
    local = exp.cast(text(moment.isoformat(" ", "milliseconds")), "timestamp")
    return local if isinstance(node, exp.Localtimestamp) else call("instant_of", local)


def _plus(unit: str, count: exp.Expr, moment: exp.Expr) -> exp.Expr:
    function, factor = _STEPS[unit]
    size = exp.Mul(this=count, expression=exp.Literal.number(factor)) if factor > 1 else count
    if function in {"to_months", "to_years"}:
        size = exp.cast(size, "int")
    return call("plus_interval", _with_clock(unit, moment), call(function, size))


def _with_clock(unit: str, moment: exp.Expr) -> exp.Expr:
    return call("clock_of", moment) if unit in _TIME_UNITS else moment


def _unit(node: exp.Expr, function: str) -> str:
    unit = literal_text(node, f"the unit of {function}").lower()
    if unit not in _TRUNCATED:
        raise SqlError(
            f"{function} has no unit '{unit}'; there are {', '.join(sorted(_TRUNCATED))}"
        )
    return unit


def _interval(node: exp.Expr) -> bool:
    return isinstance(node.this.unnest() if isinstance(node, exp.Neg) else node, exp.Interval)


def _pattern(function: str, node: exp.Expr, known: dict[str, str]) -> exp.Expr:
    given = literal_text(node, f"the format of {function}")

    def specifier(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise SqlError(f"{function} has no %{found[1]} here; there are %{' %'.join(known)}")
        return known[found[1]]

    return text(re.sub(r"%(.?)", specifier, given, flags=re.DOTALL))


SPECIAL: dict[str, Callable[..., exp.Expr]] = {
    "at_timezone": at_time_zone,
    "with_timezone": with_timezone,
    "from_unixtime": from_unixtime,
    "from_iso8601_timestamp": from_iso8601_timestamp,
    "date_trunc": date_trunc,
    "date_add": date_add,
    "date_diff": date_diff,
    "date_format": written,
    "date_parse": read,
}
