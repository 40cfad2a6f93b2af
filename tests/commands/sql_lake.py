"""A lake of given events, and its named queries on a day that does not pass."""

from datetime import date
from typing import Any

import duckdb

from commands.sql.dialect import connect, parse, to_duckdb
from commands.sql.lake_views import create_views, fill_table
from infra.queries import named_queries
from tests.local.history import Sent

TODAY = date(2026, 6, 17)  # a Wednesday
QUERIES = {query.file: query.sql for query in named_queries()}


def lake(sent: list[Sent]) -> duckdb.DuckDBPyConnection:
    """The events in the lake's tables, in the order in which they are given."""
    connection = connect()
    fill_table(connection, "raw_events", (event.document() for event in sent))
    fill_table(connection, "rejected_events", [])
    create_views(connection, TODAY)
    return connection


def run(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """The rows that a named query finds."""
    return ask(connection, QUERIES[query])


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    """The rows that Athena's SQL finds."""
    return connection.execute(to_duckdb(parse(sql), TODAY)).fetchall()
