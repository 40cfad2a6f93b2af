"""date_diff counts as Joda-Time, which Trino counts with; modelled after its fields' rules."""

from calendar import isleap, monthrange
from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commands.sql.dialect import connect
from tests.commands.sql_lake import ask

MOMENTS = st.datetimes(datetime(1969, 12, 1), datetime(2032, 3, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
MONTH_ENDS = st.builds(
    lambda year, month, back: datetime(year, month, monthrange(year, month)[1] - back),
    st.integers(2023, 2025),
    st.integers(1, 12),
    st.integers(0, 3),
)
DAY = timedelta(days=1)


def months(first: datetime, last: datetime) -> int:
    if last < first:
        return -months(last, first)
    count = 12 * (last.year - first.year) + last.month - first.month
    if last.day == monthrange(last.year, last.month)[1] and first.day > last.day:
        first = first.replace(day=last.day)
    within = first.replace(year=2000, month=1), last.replace(year=2000, month=1)
    return count - (within[1] < within[0])


def years(first: datetime, last: datetime) -> int:
    if last < first:
        return -years(last, first)
    begin, end = (moment - datetime(moment.year, 1, 1) for moment in (first, last))
    if begin >= 59 * DAY and isleap(first.year):
        begin -= DAY * (not isleap(last.year))
    elif end >= 59 * DAY and isleap(last.year) and not isleap(first.year):
        end -= DAY
    return last.year - first.year - (end < begin)


def whole(length: timedelta, unit: timedelta) -> int:
    return int(abs(length) // unit) * (-1 if length < timedelta() else 1)


@pytest.fixture(name="engine", scope="module")
def _engine() -> duckdb.DuckDBPyConnection:
    return connect()


@settings(deadline=None)
@given(MOMENTS | MONTH_ENDS, MOMENTS | MONTH_ENDS)
@example(datetime(2026, 1, 31), datetime(2026, 2, 28))
@example(datetime(2024, 2, 29), datetime(2025, 2, 28))
@example(datetime(2025, 2, 28), datetime(2024, 2, 29))
@example(datetime(2026, 1, 31, 12), datetime(2026, 2, 28, 11))
def test_whole_units_are_counted_in_both_directions(
    engine: duckdb.DuckDBPyConnection, first: datetime, last: datetime
) -> None:
    units = ("year", "quarter", "month", "week", "day", "hour", "millisecond")
    moments = [f"TIMESTAMP '{one.isoformat(' ', 'milliseconds')}'" for one in (first, last)]
    columns = ", ".join(f"date_diff('{unit}', {', '.join(moments)})" for unit in units)
    [found] = ask(engine, f"SELECT {columns}")

    length, by_month = last - first, months(first, last)
    expected = (
        years(first, last),
        int(by_month / 3),
        by_month,
        whole(length, 7 * DAY),
        whole(length, DAY),
        whole(length, timedelta(hours=1)),
        whole(length, timedelta(milliseconds=1)),
    )
    assert found == expected
