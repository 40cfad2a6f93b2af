"""Every function that `make sql` answers has the values that Trino's documentation gives."""

import re

import duckdb
import pytest

from commands.sql.athena_text import athena_text
from commands.sql.calls import function_names
from commands.sql.dialect import connect
from tests.commands import sql_documented as documented
from tests.commands.sql_lake import ask

SCALAR = [documented.TIME, documented.TEXT, documented.NUMBERS, documented.COLLECTIONS]
CASES = [(page, *case) for group in SCALAR for page, cases in group.items() for case in cases]
AGGREGATES = [(page, *case) for page, cases in documented.AGGREGATES.items() for case in cases]
WINDOWS = [(page, *case) for page, cases in documented.WINDOWS.items() for case in cases]
ROWS = "(VALUES (1, 'a', 10), (2, 'b', NULL), (3, NULL, 30), (4, 'a', 20)) AS t (n, k, v)"


@pytest.fixture(name="engine", scope="module")
def _engine() -> duckdb.DuckDBPyConnection:
    return connect()


@pytest.mark.parametrize(("page", "expression", "shown"), CASES)
def test_an_expression_shows_what_the_page_says(
    engine: duckdb.DuckDBPyConnection, page: str, expression: str, shown: str | None
) -> None:
    [(found,)] = ask(engine, f"SELECT {expression}")

    assert athena_text(found) == shown, page


@pytest.mark.parametrize(("page", "expression", "shown"), AGGREGATES)
def test_an_aggregate_shows_what_the_page_says(
    engine: duckdb.DuckDBPyConnection, page: str, expression: str, shown: str | None
) -> None:
    [(found,)] = ask(engine, f"SELECT {expression} FROM {ROWS}")

    assert athena_text(found) == shown, page


@pytest.mark.parametrize(("page", "expression", "shown"), WINDOWS)
def test_a_window_function_shows_what_the_page_says(
    engine: duckdb.DuckDBPyConnection, page: str, expression: str, shown: list[str | None]
) -> None:
    found = ask(engine, f"SELECT {expression} FROM {ROWS} ORDER BY n")

    assert [athena_text(cell) for (cell,) in found] == shown, page


def test_there_is_a_value_for_every_function() -> None:
    text = " ".join(case[1] for case in [*CASES, *AGGREGATES, *WINDOWS]).lower()
    tested = set(re.findall(r"\b(\w+) ?\(", text))

    assert [name for name in function_names() if name not in tested] == []
