"""Writes the parts of the columnar copy, two at a time: a machine has two processors at least."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from uuid import uuid4

import duckdb

from commands.sql.engine import connect_plain
from commands.sql.event_rows import OWN_ROWS, SHARED_ROWS, documents
from commands.sql.event_text import write_documents, write_range
from commands.sql.file_names import parquet, path_text
from commands.sql.parts import Part, drafts, part_path, sync
from commands.sql.text_folder import TextFolder

_AT_ONCE = 2
_SECONDS = 0.1
_SETTINGS = "SELECT {}".format(
    ", ".join(f"current_setting('{s}')" for s in ("memory_limit", "temp_directory", "threads"))
)

_Databases = SimpleQueue[duckdb.DuckDBPyConnection]


class PartWriter:
    """Makes files of what is in the store, as whoever calls it has begun to see it."""

    def __init__(
        self,
        store: sqlite3.Connection,
        database: duckdb.DuckDBPyConnection,
        folder: Path,
        text: TextFolder,
    ) -> None:
        self._store, self._folder, self._text = store, folder, text
        [found] = database.execute(_SETTINGS).fetchall()
        self._memory, self._spilled, threads = found
        self._at_once = min(_AT_ONCE, threads)
        self._reading = Lock()  # the store is read by one thread at a time
        self._writing: list[duckdb.DuckDBPyConnection] = []

    def interrupt(self) -> None:
        """Stop what other threads write just now."""
        for database in self._writing.copy():
            with suppress(duckdb.ConnectionException):  # it has just been closed
                database.interrupt()

    def write(self, ranges: list[tuple[int, int]]) -> list[Part]:
        """Write a part for each range of ids; while one is read, the one before is written."""
        count = min(self._at_once, len(ranges))
        with (
            self._text.opened() as folder,
            self._databases(count) as free,
            ThreadPoolExecutor(max(count, 1)) as pool,
        ):
            writing = [pool.submit(self._write, folder, free, *between) for between in ranges]
            try:
                return [part.result() for part in writing]
            except BaseException:
                for part in writing:
                    part.cancel()
                # Again until they end: one may be between two steps just now.
                while wait(writing, _SECONDS).not_done:
                    self.interrupt()
                raise

    def _write(self, folder: Path, free: _Databases, after: int, last: int) -> Part:
        with self._reading:
            files = write_range(self._store, folder, after, last)
            part = self._new_part(after, last)
        database = free.get_nowait()  # there is one for each thread
        try:
            with documents(database, files):
                return self._save(database, part, f"FROM {OWN_ROWS}", f"FROM {SHARED_ROWS}")
        finally:
            free.put(database)

    def mend(self, part: Part, changed: set[int], condition: str, *values: int) -> Part:
        """A part in the place of another, with what was changed as the condition finds it now."""
        ids = ", ".join(map(str, changed))
        # Of a request of which some events were changed, the rest is there twice.
        with self._text.opened() as folder, self._databases(1) as free:
            database = free.get_nowait()
            files = write_documents(self._store, folder, condition, *values)
            with documents(database, files):
                mended = self._save(
                    database,
                    self._new_part(part.after, part.last),
                    f"SELECT * EXCLUDE (part) FROM {parquet(part.path)} WHERE id NOT IN ({ids})"  # noqa: S608 # numbers
                    f" UNION ALL FROM {OWN_ROWS} ORDER BY id",
                    f"SELECT * EXCLUDE (part) FROM {parquet(part.shared)}"  # noqa: S608 # ours
                    f" WHERE batch NOT IN (SELECT batch FROM {SHARED_ROWS})"
                    f" UNION ALL FROM {SHARED_ROWS}",
                )
        for path in part.paths:
            path.unlink()
        return mended

    @contextmanager
    def _databases(self, count: int) -> Iterator[_Databases]:
        """Databases that write, of one thread each: two threads in one wait for each other."""
        free: _Databases = SimpleQueue()
        with ExitStack() as opened:
            for _ in range(count):
                spilled = self._spilled and f"{self._spilled}-{uuid4().hex}"
                limits = {"memory_limit": self._memory, "temp_directory": spilled, "threads": 1}
                database = opened.enter_context(connect_plain(**limits))
                free.put(database)
                self._writing.append(database)
            try:
                yield free
            finally:
                self._writing.clear()

    def _new_part(self, after: int, last: int) -> Part:
        """A part as its name will tell it, when its events have been read."""
        sql = (
            "SELECT id, lower(hex(identity)) FROM batch_events WHERE id > ? AND id <= ?"
            " ORDER BY id DESC LIMIT 1"
        )
        witness, identity = self._store.execute(sql, (after, last)).fetchone() or (0, "")
        sql = "SELECT coalesce(max(sequence), 0) FROM changes"
        [(sequence,)] = self._store.execute(sql)
        return Part(Path(), after, last, sequence, witness, identity)

    def _save(self, database: duckdb.DuckDBPyConnection, part: Part, own: str, shared: str) -> Part:
        part = part._replace(path=part_path(self._folder, *part[1:]))
        written = drafts(self._folder, part.after)
        used = f"SELECT batch FROM {parquet(written[0])}"  # noqa: S608 # ours
        for draft, rows in zip(
            written, (own, f"FROM ({shared}) WHERE batch IN ({used})"), strict=True
        ):
            # Requests of several parts are in each of them.
            source = f"SELECT {part.after} AS part, * FROM ({rows})"  # noqa: S608 # a number
            database.execute(f"COPY ({source}) TO {path_text(draft)} (FORMAT parquet)")
            draft.chmod(0o600)
            sync(draft)
        # Whole or not at all: a name that a reader takes is given to what is on the disk.
        written[1].rename(part.shared)
        written[0].rename(part.path)
        sync(self._folder)
        return part
