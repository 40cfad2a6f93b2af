"""The laptop's SQLite file as the lake's tables and views, for Athena's SQL on DuckDB."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from commands.sql.answer import Answer
from commands.sql.dialect import SqlError, connect, parse, to_duckdb
from commands.sql.engine import close_off, complaint
from commands.sql.lake_views import TABLES, create_views, fill_table
from infra.queries import VIEWS
from infra.tables import REJECTED_EVENTS

_BIGINT = 2**63
_DAY = "strftime('%Y-%m-%d', arrival_timestamp / 1000, 'unixepoch')"
_REJECTED = ", ".join(f"'{column.name}', {column.name}" for column in REJECTED_EVENTS)
# A JSON document for each row of a table.
_DOCUMENTS = {
    "raw_events": f"SELECT json_set(record, '$.application_id', application_id, '$.day', {_DAY})"  # noqa: S608 # ours
    " FROM events WHERE record IS NOT NULL",
    "rejected_events": f"SELECT json_object({_REJECTED}, 'day', {_DAY}) FROM rejected_events",  # noqa: S608 # ours
}


class StoreError(Exception):
    """The file cannot be read; the text says what to do."""


class StoredLake:
    """The tables as they are in the file at each query; `today` is what current_date says."""

    def __init__(self, path: Path, today: date | None = None) -> None:
        self._path = path
        self._today = today
        self._version: int | None = None
        self._store = _open(path)
        self._folder = tempfile.mkdtemp(prefix="putevents-sql-")
        os.rmdir(self._folder)
        self._duckdb = connect()
        self._load()
        create_views(self._duckdb, today)
        close_off(self._duckdb, self._folder)

    def query(self, sql: str) -> Answer:
        """Run one statement of Athena's SQL."""
        query = parse(sql)
        _check_tables(query)
        statement = to_duckdb(query, self._today)
        self._load()
        try:
            cursor = self._duckdb.execute(statement)
            rows = cursor.fetchall()
        except duckdb.Error as error:
            raise SqlError(complaint(error)) from None
        if any(
            isinstance(cell, int) and not -_BIGINT <= cell < _BIGINT for row in rows for cell in row
        ):
            raise SqlError("a number does not fit into a bigint; CAST AS double")
        return Answer([column[0] for column in cursor.description or ()], rows)

    def without_record(self) -> int:
        """How many events an earlier version stored, of which there is no row."""
        [[count]] = self._rows("SELECT count(*) FROM events WHERE record IS NULL")
        return int(count)

    def _load(self) -> None:
        """Read the file, if somebody has written to it since."""
        [[version]] = self._rows("PRAGMA data_version")
        if version == self._version:
            return
        os.mkdir(self._folder, 0o700)  # the only place that DuckDB reads, and only for a moment
        try:
            for table, sql in _DOCUMENTS.items():
                documents = (document for (document,) in self._rows(sql))
                fill_table(self._duckdb, table, documents, self._folder)
        finally:
            os.rmdir(self._folder)
        self._version = version

    def _rows(self, sql: str) -> Iterator[Any]:
        try:
            yield from self._store.execute(sql)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}.") from None


def _check_tables(query: exp.Query) -> None:
    """Only the lake's tables are there, and what the statement itself names."""
    known = {*TABLES, *VIEWS, *(cte.alias.lower() for cte in query.find_all(exp.CTE))}
    for table in query.find_all(exp.Table):
        if table.name.lower() not in known:
            raise SqlError(f"Table {table.name} does not exist; .tables lists what there is.")


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise StoreError(f"Nothing is stored in {path} yet: `make run`, then send events to it.")
    store = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        columns = {row[1] for row in store.execute("PRAGMA table_info(events)")}
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read: {error}.") from None
    if "record" not in columns:
        raise StoreError(f"{path} is of an earlier version: `make run` once brings it up to date.")
    return store
