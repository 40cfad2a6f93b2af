"""Statements mean what they mean in Athena: UNNEST, grouping, order, zones, names of columns."""

from datetime import date
from typing import Any

import duckdb
import pytest

from commands.sql.athena_text import athena_text
from commands.sql.dialect import connect, parse, to_duckdb
from tests.commands.sql_lake import ask

MOMENTS = (
    "(VALUES TIMESTAMP '2026-01-01 14:00:00', TIMESTAMP '2026-01-01 16:00:00',"
    " TIMESTAMP '2026-01-02 16:00:00') AS t (at)"
)


@pytest.fixture(name="engine", scope="module")
def _engine() -> duckdb.DuckDBPyConnection:
    return connect()


def rows(engine: duckdb.DuckDBPyConnection, sql: str) -> list[list[str | None]]:
    return [[athena_text(cell) for cell in row] for row in ask(engine, sql)]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        # sql/select.md, UNNEST
        ("SELECT * FROM UNNEST(ARRAY[1, 2]) AS t (number)", [["1"], ["2"]]),
        (
            "SELECT * FROM UNNEST(MAP(ARRAY['cat', 'bird'], ARRAY[2, 0])) AS t (animal, legs)",
            [["cat", "2"], ["bird", "0"]],
        ),
        (
            "SELECT a, b, n FROM UNNEST(ARRAY[2, 5], ARRAY[7, 8, 9]) WITH ORDINALITY"
            " AS t (a, b, n)",
            [["2", "7", "1"], ["5", "8", "2"], [None, "9", "3"]],
        ),
        (
            "SELECT x, y, n FROM (VALUES (1, MAP(ARRAY['a', 'b'], ARRAY[1, 2])), (2, NULL))"
            " AS t (x, m) CROSS JOIN UNNEST(m) WITH ORDINALITY AS u (k, y, n)",
            [["1", "1", "1"], ["1", "2", "2"]],
        ),
        (
            "SELECT x, y FROM (VALUES (1, ARRAY['a']), (2, ARRAY[]), (3, NULL)) AS t (x, list)"
            " LEFT JOIN UNNEST(list) AS u (y) ON TRUE ORDER BY x",
            [["1", "a"], ["2", None], ["3", None]],
        ),
        (
            "SELECT x, y FROM (VALUES (1, ARRAY['a', 'b'])) AS t (x, list), UNNEST(list) AS u (y)",
            [["1", "a"], ["1", "b"]],
        ),
        # sql/select.md: GROUP BY, ORDER BY, set operations
        (
            "SELECT k, sum(n) FROM (VALUES ('a', 1), ('b', 2), ('a', 3)) AS t (k, n)"
            " GROUP BY ROLLUP (k) ORDER BY k",
            [["a", "4"], ["b", "2"], [None, "6"]],
        ),
        ("SELECT n FROM (VALUES 2, NULL, 1) AS t (n) ORDER BY n DESC", [["2"], ["1"], [None]]),
        ("SELECT n FROM (VALUES 2, NULL, 1) AS t (n) ORDER BY n", [["1"], ["2"], [None]]),
        (
            "SELECT n FROM (VALUES 2, NULL, 1) AS t (n) ORDER BY 1 DESC NULLS FIRST"
            " OFFSET 1 LIMIT 1",
            [["2"]],
        ),
        # an output column goes before one of the source, in an expression too
        ("SELECT -n AS n FROM (VALUES 2, 3) AS t (n) ORDER BY n", [["-3"], ["-2"]]),
        ("SELECT -n AS n FROM (VALUES 2, 3) AS t (n) ORDER BY n + 0", [["-3"], ["-2"]]),
        ("SELECT -n AS n FROM (VALUES 2, 3) AS t (n) ORDER BY t.n + 0", [["-2"], ["-3"]]),
        (
            "SELECT n / 2 AS n, count(*) FROM (VALUES 2, 3, 4) AS t (n) GROUP BY n ORDER BY 1",
            [["1", "1"], ["1", "1"], ["2", "1"]],
        ),
        ("VALUES (1, 'a'), (2, 'b')", [["1", "a"], ["2", "b"]]),
        ("SELECT 1 UNION SELECT 1 UNION ALL SELECT 1", [["1"], ["1"]]),
        ("(SELECT 1 EXCEPT SELECT 1) UNION SELECT 2", [["2"]]),
        ("WITH t (n) AS (VALUES 1, 2) SELECT count(*) FROM t WHERE n IN (SELECT 1)", [["1"]]),
        (
            "SELECT a.n, b.n FROM (VALUES 1, 2) AS a (n) FULL OUTER JOIN (VALUES 2, 3) AS b (n)"
            " ON a.n = b.n ORDER BY 1, 2",
            [["1", None], ["2", "2"], [None, "3"]],
        ),
        ("SELECT n FROM (VALUES 1, 2) AS t (n) WHERE EXISTS (SELECT 1 WHERE n > 1)", [["2"]]),
        # days of another zone
        (
            f"SELECT CAST(at AT TIME ZONE 'Asia/Tokyo' AS date) AS day, count(*) FROM {MOMENTS}"
            " GROUP BY 1 ORDER BY 1",
            [["2026-01-01", "1"], ["2026-01-02", "1"], ["2026-01-03", "1"]],
        ),
        (
            f"SELECT date_trunc('day', at_timezone(at, 'Asia/Tokyo')) AS day, count(*)"
            f" FROM {MOMENTS} GROUP BY date_trunc('day', at_timezone(at, 'Asia/Tokyo'))"
            " ORDER BY day DESC LIMIT 1",
            [["2026-01-03 00:00:00.000 Asia/Tokyo", "1"]],
        ),
        (
            f"SELECT count(*) FROM {MOMENTS}"
            " WHERE at AT TIME ZONE 'Asia/Tokyo' >= TIMESTAMP '2026-01-02 00:00:00 Asia/Tokyo'",
            [["2"]],
        ),
        (
            f"SELECT count(*) FROM {MOMENTS} WHERE at AT TIME ZONE 'Asia/Tokyo'"
            " BETWEEN TIMESTAMP '2026-01-01 16:00:00' AND TIMESTAMP '2026-01-01 17:00:00'",
            [["1"]],
        ),
        # an aggregate of an aggregate's parts, over long expressions
        (
            "SELECT round(CAST(count(*) AS double) / sum(sum(n)) OVER (), 2), CAST(min(at) AS date)"
            " FROM (VALUES (1, TIMESTAMP '2026-01-01 14:00:00'), (2, NULL)) AS t (n, at)",
            [["0.67", "2026-01-01"]],
        ),
        ("SELECT array_agg(n ORDER BY n)[1] FROM (VALUES 3, 1) AS t (n)", [["1"]]),
        ("SELECT count(*) / 2.0 FROM (VALUES 3, 1, 2) AS t (n)", [["1.5"]]),
    ],
)
def test_a_statement_finds_what_athena_finds(
    engine: duckdb.DuckDBPyConnection, sql: str, found: Any
) -> None:
    assert rows(engine, sql) == found


def test_a_view_does_not_keep_the_day_on_which_it_was_made() -> None:
    assert "CURRENT_DATE" in to_duckdb(parse("SELECT current_date"))
    assert "2026-01-31" in to_duckdb(parse("SELECT current_date"), date(2026, 1, 31))


def test_columns_are_named_as_in_athena(engine: duckdb.DuckDBPyConnection) -> None:
    engine.execute("CREATE OR REPLACE TEMP TABLE events AS SELECT {'id': 'x'} AS session, 1 AS n")

    cursor = engine.execute(
        to_duckdb(
            parse("SELECT session.id, count(*), n, lower('A') AS a FROM events GROUP BY 1, 3")
        )
    )
    assert [column[0] for column in cursor.description or ()] == ["id", "_col1", "n", "a"]


def test_a_long_expression_stays_short(engine: duckdb.DuckDBPyConnection) -> None:
    """A macro repeats what it is given; this one would have been 5 ** 12 times as long."""
    expression = "TIMESTAMP '2026-01-01 10:00:00'"
    for _ in range(12):
        expression = f"CAST(CAST({expression} AS date) AS timestamp)"

    assert rows(engine, f"SELECT {expression}") == [["2026-01-01 00:00:00.000"]]


def test_invalid_json_is_null_in_whatever_row_it_stands(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    sql = (
        "SELECT json_extract_scalar(j, '$.a'), json_array_length(j)"
        """ FROM (VALUES '{', '{"a":1}', '[1]', NULL) AS t (j)"""
    )
    assert rows(engine, sql) == [[None, None], ["1", None], [None, "1"], [None, None]]
