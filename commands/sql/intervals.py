"""Steps of time: intervals, and the units of date_add, date_diff and date_trunc."""

import re

from sqlglot import exp

from commands.sql.nodes import call, literal_text
from commands.sql.sql_error import SqlError

_TIME_UNITS = {"millisecond", "second", "minute", "hour"}
_TRUNCATED = _TIME_UNITS | {"day", "week", "month", "quarter", "year"}
_STEPS = {unit: (f"to_{unit}s", 1) for unit in _TRUNCATED} | {
    "week": ("to_days", 7),
    "quarter": ("to_months", 3),
}
_INTERVALS = {"year", "month", "day", "hour", "minute", "second"}


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
    return call("series_of", with_clock(name, first), last, call(function, size))


def date_add(unit: exp.Expr, count: exp.Expr, moment: exp.Expr) -> exp.Expr:
    """So many units later."""
    name = unit_of(unit, "date_add")
    return _plus(name, call("whole_count", count), moment)


def _plus(unit: str, count: exp.Expr, moment: exp.Expr) -> exp.Expr:
    function, factor = _STEPS[unit]
    size = exp.Mul(this=count, expression=exp.Literal.number(factor)) if factor > 1 else count
    if function in {"to_months", "to_years"}:
        size = exp.cast(size, "int")
    return call("plus_interval", with_clock(unit, moment), call(function, size))


def with_clock(unit: str, moment: exp.Expr) -> exp.Expr:
    """The moment, which must have hours if the unit is of hours."""
    return call("clock_of", moment) if unit in _TIME_UNITS else moment


def unit_of(node: exp.Expr, function: str) -> str:
    """The unit that is written out."""
    unit = literal_text(node, f"the unit of {function}").lower()
    if unit not in _TRUNCATED:
        raise SqlError(
            f"{function} has no unit '{unit}'; there are {', '.join(sorted(_TRUNCATED))}"
        )
    return unit


def _interval(node: exp.Expr) -> bool:
    return isinstance(node.this.unnest() if isinstance(node, exp.Neg) else node, exp.Interval)
