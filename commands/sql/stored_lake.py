"""The laptop's SQLite file as the lake's tables and views, for Athena's SQL on DuckDB."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from commands.sql.answer import Answer
from commands.sql.copy_folder import FOLDER
from commands.sql.dialect import SqlError, connect, parse, to_duckdb
from commands.sql.engine import close_off, complaint
from commands.sql.events_copy import EventsCopy
from commands.sql.lake_views import TABLES, create_views, fill_table
from commands.sql.slow_reading import Tell, silent
from commands.sql.store_file import StoreError, StoreFile, open_store
from commands.sql.text_folder import TextFolder
from infra.queries import VIEWS
from infra.tables import REJECTED_EVENTS

__all__ = ["StoreError", "StoredLake"]

_BIGINT = 2**63
_NAME = "SELECT id FROM store"
_DAY = "strftime('%Y-%m-%d', arrival_timestamp / 1000, 'unixepoch')"
_REJECTED = ", ".join(f"'{column.name}', {column.name}" for column in REJECTED_EVENTS)
# A JSON document for each row.
_DOCUMENTS = f"SELECT json_object({_REJECTED}, 'day', {_DAY}) FROM rejected_events"  # noqa: S608 # ours
_REJECTED_STATE = (
    "SELECT (SELECT max(rowid) FROM rejected_events),"
    " (SELECT max(sequence) FROM changes WHERE event IS NULL)"
)


class StoredLake:
    """The tables as they are in the file at each query; `today` is what current_date says.

    `limits` are settings of DuckDB: its memory, its threads. `tell` is called when reading takes
    long, with how many events are read.
    """

    def __init__(
        self,
        path: Path,
        today: date | None = None,
        limits: Mapping[str, str | int] | None = None,
        tell: Tell = silent,
    ) -> None:
        self._path, self._today, self._limits, self._tell = path, today, limits, tell
        self._open()

    def _open(self) -> None:
        opened = open_store(self._path)
        self._file: StoreFile | None = None  # until all of it is open
        self._store = opened.connection
        self._version: int | None = None
        self._rejected: object = None  # what was there of rejected events
        [[self._name]] = self._rows(_NAME)
        root = self._path.resolve().parent / FOLDER
        self._text = TextFolder(root, self._name)
        spilled = {"temp_directory": str(self._text.spilled)}
        self._duckdb = connect(**{**spilled, **(self._limits or {})})
        try:
            self._copy = EventsCopy(
                self._store, self._duckdb, root, self._name, self._text, self._tell
            )
        except sqlite3.Error as error:
            raise self._unreadable(error) from None
        self._load()
        if opened.is_fixed and not opened.is_at(self._path):
            raise StoreError(f"{self._path} was written to while it was read: ask again.")
        create_views(self._duckdb, self._today, copies=False)  # the store holds each event once
        close_off(self._duckdb, self._text.path, root)
        self._file = opened

    def close(self) -> None:
        """Let go of the file and of what was read."""
        self._duckdb.close()
        self._store.close()
        self._text.close()

    def interrupt(self) -> None:
        """Stop what another thread reads or asks just now."""
        self._duckdb.interrupt()
        self._copy.interrupt()
        self._store.interrupt()

    def _follow(self) -> None:
        """Open what stands at the path now, if that is another store."""
        is_there = self._file and self._file.is_at(self._path)
        if is_there and [[self._name]] == [[*row] for row in self._rows(_NAME)]:
            return
        open_store(self._path).connection.close()  # else the old one is kept
        self._file = None
        self.close()
        self._open()

    def query(self, sql: str, max_rows: int | None = None) -> Answer:
        """Run one statement of Athena's SQL; with `max_rows` no more are read than these."""
        query = parse(sql)
        _check_tables(query)
        statement = to_duckdb(query, self._today)
        self._follow()
        self._load()
        try:
            try:
                cursor, rows = self._run(statement, max_rows)
            except duckdb.Error as error:
                if not self._copy.distrust(error):
                    raise
                self._load(anew=True)
                cursor, rows = self._run(statement, max_rows)
        except duckdb.Error as error:
            raise SqlError(complaint(error)) from None
        if any(
            isinstance(cell, int) and not -_BIGINT <= cell < _BIGINT for row in rows for cell in row
        ):
            raise SqlError("a number does not fit into a bigint; CAST AS double")
        described = cursor.description or ()
        return Answer(
            [column[0] for column in described], rows, [str(column[1]) for column in described]
        )

    def _run(
        self, statement: str, max_rows: int | None
    ) -> tuple[duckdb.DuckDBPyConnection, list[Any]]:
        cursor = self._duckdb.execute(statement)
        return cursor, cursor.fetchall() if max_rows is None else cursor.fetchmany(max_rows)

    def without_record(self) -> int:
        """How many events an earlier version stored, of which there is no row."""
        [[count]] = self._rows(
            "SELECT count(*) FROM batch_events WHERE batch IN"
            " (SELECT id FROM batches WHERE snapshot IS NULL)"
        )
        return int(count)

    def _load(self, *, anew: bool = False) -> None:
        """Read what is new in the file, if somebody has written to it since."""
        [[version]] = self._rows("PRAGMA data_version")
        if version == self._version and not anew:
            return
        try:
            self._refresh()
        except sqlite3.Error as error:
            raise self._unreadable(error) from None
        self._load_rejected()
        self._version = version

    def _refresh(self) -> None:
        is_read = False
        try:
            try:
                self._copy.refresh()
            except duckdb.Error as error:
                if not self._copy.distrust(error):
                    raise
                self._copy.refresh()
            is_read = True
        finally:
            if not is_read:  # stopped half-way
                self._copy.forget()

    def _load_rejected(self) -> None:
        [state] = self._rows(_REJECTED_STATE)
        if state == self._rejected:
            return
        with self._text.opened() as folder:
            documents = (document for (document,) in self._rows(_DOCUMENTS))
            fill_table(self._duckdb, "rejected_events", documents, str(folder))
        self._rejected = state

    def _rows(self, sql: str) -> Iterator[Any]:
        try:
            yield from self._store.execute(sql)
        except sqlite3.Error as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._path} cannot be read: {error}.")


def _check_tables(query: exp.Query) -> None:
    """Only the lake's tables are there, and what the statement itself names."""
    known = {*TABLES, *VIEWS, *(cte.alias.lower() for cte in query.find_all(exp.CTE))}
    for table in query.find_all(exp.Table):
        if table.name.lower() not in known:
            raise SqlError(f"Table {table.name} does not exist; .tables lists what there is.")
