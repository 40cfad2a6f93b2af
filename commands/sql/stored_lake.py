"""The laptop's SQLite file as the lake's tables and views, for Athena's SQL on DuckDB."""

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from commands.sql.answer import Answer
from commands.sql.dialect import SqlError, connect, parse, to_duckdb
from commands.sql.lake_views import create_views, fill_table
from infra.tables import REJECTED_EVENTS

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
        self._duckdb = connect()
        self._load()
        create_views(self._duckdb, today)

    def query(self, sql: str) -> Answer:
        """Run one statement of Athena's SQL."""
        statement = to_duckdb(parse(sql), self._today)
        self._load()
        try:
            cursor = self._duckdb.execute(statement)
            return Answer([column[0] for column in cursor.description or ()], cursor.fetchall())
        except duckdb.Error as error:
            raise SqlError(str(error).split("\n\n")[0]) from None

    def without_record(self) -> int:
        """How many events an earlier version stored, of which there is no row."""
        [[count]] = self._rows("SELECT count(*) FROM events WHERE record IS NULL")
        return int(count)

    def _load(self) -> None:
        """Read the file, if somebody has written to it since."""
        [[version]] = self._rows("PRAGMA data_version")
        if version == self._version:
            return
        for table, sql in _DOCUMENTS.items():
            fill_table(self._duckdb, table, (document for (document,) in self._rows(sql)))
        self._version = version

    def _rows(self, sql: str) -> Iterator[Any]:
        try:
            yield from self._store.execute(sql)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}.") from None


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
