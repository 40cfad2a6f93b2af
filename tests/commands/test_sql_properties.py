"""Functions of numbers and texts against models of what Java does for Trino."""

import math

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from commands.sql.athena_text import athena_text
from commands.sql.dialect import connect
from tests.commands.sql_lake import ask

DOUBLES = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
TEXTS = st.text("aé日😀,", max_size=6)
PLACES = st.integers(-8, 8)


@pytest.fixture(name="engine", scope="module")
def _engine() -> duckdb.DuckDBPyConnection:
    return connect()


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def double(value: float) -> str:
    return f"CAST('{value!r}' AS double)"


@settings(deadline=None)
@given(DOUBLES)
@example(1e7)
@example(9999999.999999998)
@example(1e-3)
@example(0.00099999)
@example(-0.0)
@example(5e-324)
@example(1.7976931348623157e308)
def test_the_text_of_a_double_is_that_of_the_result(
    engine: duckdb.DuckDBPyConnection, value: float
) -> None:
    [found] = ask(engine, f"SELECT CAST({double(value)} AS varchar), {double(value)}")

    assert found[0] == athena_text(found[1]) == athena_text(value)


@settings(deadline=None)
@given(st.floats(-1e12, 1e12, allow_subnormal=False), st.integers(-3, 6))
@example(-1.555, 2)
@example(2.675, 2)
@example(0.49999999999999994, 0)
def test_rounding_is_that_of_java(
    engine: duckdb.DuckDBPyConnection, value: float, digits: int
) -> None:
    factor = math.pow(10, digits)
    scaled = abs(value) * factor
    whole = math.floor(scaled)  # Java's Math.round: ties go up, exactly
    rounded = (whole + (scaled - whole >= 0.5)) / factor
    [(found,)] = ask(engine, f"SELECT round({double(value)}, {digits})")

    assert found == math.copysign(rounded, value)


@settings(deadline=None)
@given(st.floats(-1e15, 1e15, allow_subnormal=False))
@example(0.5)
@example(-2.5)
def test_a_double_becomes_the_nearest_whole_number_and_ties_go_away_from_zero(
    engine: duckdb.DuckDBPyConnection, value: float
) -> None:
    whole = math.floor(abs(value))
    nearest = whole + (abs(value) - whole >= 0.5)

    assert ask(engine, f"SELECT CAST({double(value)} AS bigint)") == [
        (nearest if value > 0 else -nearest,)
    ]


@settings(deadline=None)
@given(TEXTS, PLACES, PLACES)
def test_a_substring_begins_at_1_or_from_the_end(
    engine: duckdb.DuckDBPyConnection, text: str, start: int, length: int
) -> None:
    first = start - 1 if start > 0 else len(text) + start
    outside = start == 0 or first < 0
    expected = "" if outside else text[first:]
    part = "" if outside or length <= 0 else text[first : first + length]
    arguments = f"{literal(text)}, {start}"

    found = ask(engine, f"SELECT substr({arguments}), substr({arguments}, {length})")
    assert found == [(expected, part)]


@settings(deadline=None)
@given(TEXTS, st.integers(1, 6))
def test_a_part_beyond_the_last_is_null(
    engine: duckdb.DuckDBPyConnection, text: str, place: int
) -> None:
    parts = text.split(",")
    expected = parts[place - 1] if place <= len(parts) else None

    assert ask(engine, f"SELECT split_part({literal(text)}, ',', {place})") == [(expected,)]


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), max_size=5), PLACES.filter(bool), st.integers(0, 8))
def test_a_slice_begins_at_1_or_from_the_end(
    engine: duckdb.DuckDBPyConnection, values: list[int], start: int, length: int
) -> None:
    first = start - 1 if start > 0 else len(values) + start
    expected = values[first : first + length] if first >= 0 else []
    array = f"ARRAY[{', '.join(map(str, values))}]"

    assert ask(engine, f"SELECT slice({array}, {start}, {length})") == [(expected,)]
