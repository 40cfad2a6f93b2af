"""Athena's SQL means the same off AWS, its types are the lake's, its values look like Athena's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from commands.sql.answer import Answer, shown
from commands.sql.athena_text import athena_text
from commands.sql.dialect import SqlError, connect, duckdb_type, parse
from commands.sql.lake_views import TABLES
from infra.tables import VIEWS
from tests.commands.sql_lake import ask, lake


@pytest.fixture(name="engine", scope="module")
def _engine() -> duckdb.DuckDBPyConnection:
    return connect()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / 2.0", 3.5),
        ("CAST(7 AS double) / 2", 3.5),
        ("date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00')", 0),
        ("date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-03 01:00:00')", 1),
        ("date_diff('week', DATE '2026-01-04', DATE '2026-01-05')", 0),
        ("date_diff('month', DATE '2026-01-31', DATE '2026-02-01')", 0),
        ("date_diff('hour', TIMESTAMP '2026-01-01 00:00:00', TIMESTAMP '2026-01-02 00:00:00')", 24),
        ("date_trunc('week', DATE '2026-01-07')", date(2026, 1, 5)),
        ("date_format(DATE '2026-03-04', '%Y-%m-%d')", "2026-03-04"),
        ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'b')", None),
        ("element_at(MAP(ARRAY['a', 'A'], ARRAY[1, 2]), 'A')", 2),
        ("from_iso8601_timestamp('2026-01-02T01:00:00+02:00') AT TIME ZONE 'UTC'",
         datetime(2026, 1, 1, 23, tzinfo=UTC)),
        ("try(from_iso8601_timestamp('yesterday'))", None),
        ("cardinality(sequence(0, 29))", 30),
        ("current_date", date(2026, 6, 17)),
        ("json_extract_scalar('{\"EventType\": \"é\"}', '$.EventType')", "é"),
    ],
)  # fmt: skip
def test_an_expression_has_the_value_that_athena_gives(
    engine: duckdb.DuckDBPyConnection, expression: str, value: Any
) -> None:
    [(found,)] = ask(engine, f"SELECT {expression}")

    assert (found, type(found)) == (value, type(value)) or found == Decimal(str(value))


def test_an_approximate_percentile_of_few_rows_is_one_of_them(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    query = "SELECT approx_percentile(x, 0.5), approx_percentile(x, 0.9) FROM (VALUES 1, 2, 3, 9)"

    assert ask(engine, f"{query} AS t (x)") == [(2, 9)]


def test_the_tables_have_the_columns_and_types_of_the_lake() -> None:
    connection = lake([])
    for name, columns in {**TABLES, **VIEWS}.items():
        described = connection.execute(f"DESCRIBE {name}").fetchall()
        expected = [(column.name, _spelled(connection, column.type)) for column in columns]
        assert [(row[0], row[1]) for row in described] == expected, name


def _spelled(connection: duckdb.DuckDBPyConnection, hive_type: str) -> str:
    """The type as DuckDB itself spells it."""
    [[name]] = connection.execute(f"SELECT typeof(NULL::{duckdb_type(hive_type)})").fetchall()
    return str(name)


def test_no_extension_is_fetched(engine: duckdb.DuckDBPyConnection) -> None:
    settings = "autoinstall_known_extensions", "autoload_known_extensions"
    for name in settings:
        assert engine.execute(f"SELECT current_setting('{name}')").fetchall() == [(False,)]


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("SELECT a FROM WHERE b", "line 1: Expected table name but got WHERE"),
        ("SELECT 1\nFROM t WHERE (a", "line 2: Expecting \\)"),
        ("SHOW TABLES", "only a query"),
    ],
)
def test_a_wrong_statement_is_rejected_with_its_place(sql: str, complaint: str) -> None:
    with pytest.raises(SqlError, match=complaint):
        parse(sql)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (0.0, "0.0"),
        (1234567.5, "1234567.5"),
        (1e7, "1.0E7"),
        (-2.5e-9, "-2.5E-9"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("1.20"), "1.20"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5, 678000), "2026-01-02 03:04:05.678"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00.000 UTC"),
        ({"a": [1, None], "b": {}}, "{a=[1, null], b={}}"),
        (b"\x01\xff", "01 ff"),
    ],
)
def test_a_value_is_written_as_athena_writes_it(value: Any, text: str | None) -> None:
    assert athena_text(value) == text


def test_a_value_of_no_known_kind_is_a_bug_of_ours() -> None:
    with pytest.raises(TypeError, match="object"):
        athena_text(object())


def test_a_table_keeps_its_columns_whatever_clients_send() -> None:
    rows: list[tuple[Any, ...]] = [("größe", 1), ("日本", None), ("e\u0301", 20), ("\x1b[2J\n", 3)]

    assert shown(Answer(["type", "n"], rows)).splitlines() == [
        "type      | n",
        "----------+-----",
        "größe     |    1",
        "日本      | null",
        "e\u0301         |   20",
        "\\x1b[2J\\n |    3",
        "(4 rows)",
    ]
