"""The lake's tables and views in DuckDB, with the columns and types that they have in Athena."""

import tempfile
from collections.abc import Iterable
from datetime import date

import duckdb
from sqlglot import exp

from commands.sql.dialect import duckdb_type, parse, quoted, to_duckdb
from commands.sql.file_names import path_text, to_read
from infra.queries import VIEWS, view_sql
from infra.tables import DAY, PARTITIONS, RAW_EVENTS, REJECTED_EVENTS

TABLES = {
    "raw_events": [*RAW_EVENTS, *PARTITIONS],
    "rejected_events": [*REJECTED_EVENTS, DAY],
}


def fill_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    documents: Iterable[str],
    folder: str | None = None,
) -> None:
    """Make a table anew: a row for each JSON document, which may lack columns."""
    types = (f"{quoted(c.name)}: '{duckdb_type(c.type)}'" for c in TABLES[table])
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8", dir=folder) as file:
        file.writelines(f"{document}\n" for document in documents)
        file.flush()
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS FROM read_json({path_text(to_read(file.name))},"
            f" format = 'newline_delimited', columns = {{{', '.join(types)}}})"
        )


def create_views(
    connection: duckdb.DuckDBPyConnection, today: date | None = None, *, copies: bool = True
) -> None:
    """Make the views over raw_events, in which there may be copies or not."""
    for view in VIEWS:
        query = parse(view_sql(view))
        for number in () if copies else list(query.find_all(exp.Window)):
            number.replace(exp.Literal.number(1))  # every event is its first copy
        connection.execute(f"CREATE VIEW {view} AS {to_duckdb(query, today)}")
