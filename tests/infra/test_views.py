"""A view's columns are those of its query: Athena calls a view stale where they differ."""

import json
import re
from base64 import b64decode
from typing import Any

import duckdb
import pytest
from sqlglot import exp, parse_one

from commands.sql.dialect import connect, duckdb_type, quoted
from commands.sql.lake_views import TABLES, create_views, fill_table
from infra.queries import view_sql
from infra.tables import VIEWS
from tests.infra.conftest import Deploy

Types = list[tuple[str, str]]


@pytest.fixture(name="lake", scope="module")
def _lake() -> duckdb.DuckDBPyConnection:
    """The tables with the types that Glue knows, without a row, and the views over them."""
    connection = connect()
    for table in TABLES:
        fill_table(connection, table, [])
    create_views(connection)
    return connection


def described(connection: duckdb.DuckDBPyConnection, what: str) -> Types:
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE {what}").fetchall()]


def as_described(connection: duckdb.DuckDBPyConnection, columns: dict[str, str]) -> Types:
    """Columns of DuckDB's types as DuckDB itself describes them."""
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TABLE same_types ({listed})")
    return described(connection, "same_types")


@pytest.mark.parametrize("view", VIEWS)
def test_glues_columns_are_those_of_the_query(lake: duckdb.DuckDBPyConnection, view: str) -> None:
    glue = {column.name: duckdb_type(column.type) for column in VIEWS[view]}

    assert described(lake, view) == as_described(lake, glue)


@pytest.mark.parametrize("view", VIEWS)
def test_the_columns_that_athena_reads_are_those_of_the_query(
    lake: duckdb.DuckDBPyConnection, deploy: Deploy, view: str
) -> None:
    columns = presto_view(deploy(destination="lake").all("Glue::Table"), view)["columns"]
    trino = {
        column["name"]: exp.DataType.build(column["type"], dialect="trino").sql("duckdb")
        for column in columns
    }

    assert described(lake, view) == as_described(lake, {n: plain(t) for n, t in trino.items()})


@pytest.mark.parametrize("view", VIEWS)
def test_a_timestamps_precision_is_that_of_the_querys_literal(deploy: Deploy, view: str) -> None:
    # DuckDB has one precision, Athena's engine one for each literal: date_add keeps it.
    columns = presto_view(deploy(destination="lake").all("Glue::Table"), view)["columns"]
    [declared] = [c["type"] for c in columns if "timestamp(" in c["type"]]
    digits = [len(literal) for literal in re.findall(r"TIMESTAMP '[^'.]*\.?(\d*)'", view_sql(view))]
    casts = [int(digits) for digits in re.findall(r"AS timestamp\((\d)\)", view_sql(view))]

    assert [declared] == [f"timestamp({digit})" for digit in (*digits, *casts)]


@pytest.mark.parametrize("view", VIEWS)
def test_the_query_names_its_columns_and_takes_what_comes_from_nowhere(view: str) -> None:
    # With a `*`, a column that is added to raw_events would make the view stale.
    assert not parse_one(view_sql(view), dialect="trino").is_star


def plain(kind: str) -> str:
    """DuckDB's type without a precision, which it has only for seconds to nanoseconds."""
    return re.sub(r"TIMESTAMP\(3\)|TIMESTAMP_MS", "TIMESTAMP", kind)


def presto_view(tables: list[dict[str, Any]], name: str) -> dict[str, Any]:
    [table] = [t["TableInput"] for t in tables if t["TableInput"]["Name"] == name]
    encoded = re.fullmatch(r"/\* Presto View: (\S+) \*/", table["ViewOriginalText"])
    assert encoded
    document: dict[str, Any] = json.loads(b64decode(encoded[1]))
    return document
