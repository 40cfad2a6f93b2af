"""Moments in Trino's words, with their time zones."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlglot import exp

from commands.sql.formats import date_format, date_parse
from commands.sql.intervals import date_add, unit_of, with_clock
from commands.sql.nodes import Zoned, call, text
from commands.sql.sql_error import SqlError

FIELDS = {
    *("year", "quarter", "month", "week", "week_of_year", "day", "day_of_month", "day_of_week"),
    *("dow", "day_of_year", "doy", "year_of_week", "yow", "hour", "minute", "second"),
}
BY_CLOCK = FIELDS | {"millisecond", "date", "last_day_of_month"}
_ZONE = re.compile(r"(.*\d) ?([A-Za-z][\w/+-]*|[+-]\d\d:\d\d)")


def zoned(instant: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The instant in a zone; in UTC it needs no zone at its side."""
    if isinstance(zone, exp.Literal) and zone.name.upper() in {"UTC", "Z", "+00:00"}:
        return instant
    return Zoned(this=instant, zone=zone)


def at_time_zone(moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The same instant in another zone; a timestamp without one is of UTC."""
    instant = moment.this if isinstance(moment, Zoned) else call("instant_of", moment)
    return zoned(instant, zone)


def _with_timezone(moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """The same hour of the clock in a zone."""
    return zoned(call("instant_at", call("timestamp_of", moment), zone), zone)


def _from_unixtime(seconds: exp.Expr, zone: exp.Expr | None = None) -> exp.Expr:
    instant = call("athena_from_unixtime", seconds)
    return instant if zone is None else zoned(instant, zone)


def _from_iso8601_timestamp(value: exp.Expr) -> exp.Expr:
    return Zoned(this=call("iso_instant", value), zone=call("iso_zone", value))


def timestamp_literal(written: str) -> exp.Expr:
    """TIMESTAMP '2026-01-01 00:00:00 Europe/Berlin'."""
    found = _ZONE.fullmatch(written)
    if not found:
        raise SqlError(f"'{written}' is no timestamp with a time zone")
    return _with_timezone(text(found[1]), text(found[2]))


def _date_trunc(unit: exp.Expr, moment: exp.Expr) -> exp.Expr:
    name = unit_of(unit, "date_trunc")
    if isinstance(moment, Zoned):
        local, zone = call("truncated", text(name), moment.local), moment.args["zone"]
        return Zoned(this=call("instant_at", local, zone), zone=zone)
    return call("truncated", text(name), with_clock(name, moment))


def _date_diff(unit: exp.Expr, first: exp.Expr, second: exp.Expr) -> exp.Expr:
    name = unit_of(unit, "date_diff")
    return call("units_between", text(name), with_clock(name, first), with_clock(name, second))


class Present(NamedTuple):
    """The moment that a statement is of, and whether its day is not today."""

    moment: datetime
    is_fixed: bool


def now(node: exp.Expr, present: Present) -> exp.Expr:
    """current_date, current_timestamp, now() or localtimestamp."""
    moment = present.moment
    if isinstance(node, exp.CurrentDate):  # a view outlives the day on which it was made
        day = text(moment.date().isoformat())
        return exp.cast(day, "date") if present.is_fixed else node
    local = exp.cast(text(moment.isoformat(" ", "milliseconds")), "timestamp")
    return local if isinstance(node, exp.Localtimestamp) else call("instant_of", local)


SPECIAL: dict[str, Callable[..., exp.Expr]] = {
    "at_timezone": at_time_zone,
    "with_timezone": _with_timezone,
    "from_unixtime": _from_unixtime,
    "from_iso8601_timestamp": _from_iso8601_timestamp,
    "date_trunc": _date_trunc,
    "date_add": date_add,
    "date_diff": _date_diff,
    "date_format": date_format,
    "date_parse": date_parse,
}
