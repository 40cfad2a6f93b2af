"""The events as columns: Parquet files beside the store, and what is new since in memory.

The files are only a copy: whatever does not fit to the store is made anew, and a folder that
cannot be written costs nothing but time.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import duckdb

from commands.sql.copy_folder import is_text, own_folders
from commands.sql.event_rows import COLUMN_TYPES, ROWS, VERSION, documents, rows_of
from commands.sql.event_text import write_documents
from commands.sql.file_names import parquet
from commands.sql.part_writer import PartWriter
from commands.sql.parts import Part, chain, is_ours, locked
from commands.sql.slow_reading import Tell, told_if_slow
from commands.sql.text_folder import TextFolder

PART_EVENTS = 125_000
# Fewer than that are read into memory by each command.
NEW_EVENTS = 50_000
# What is wrong with a statement, or with its size, and never with a file.
_OF_STATEMENTS = (
    duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException,
    duckdb.ConversionException, duckdb.OutOfMemoryException, duckdb.InterruptException,
)  # fmt: skip
_NEW = "new_events"
_CHANGED = "FROM changes WHERE sequence > ? AND event > ? AND event <= ?"


class EventsCopy:
    """The table raw_events, brought up to date by ids and by the store's list of changes."""

    def __init__(
        self,
        store: sqlite3.Connection,
        database: duckdb.DuckDBPyConnection,
        root: Path,
        name: str,
        text: TextFolder,
        tell: Tell,
    ) -> None:
        self._store, self._database, self._text, self._tell = store, database, text, tell
        self._root, self._name = root, name
        self._folder = root / f"{name}-{VERSION}"
        self._parts: list[Part] = []
        self._bad: set[Path] = set()  # that could not be removed
        # The last event that was read, the last that the files held, and the last change, then.
        self._last = self._end = self._sequence = 0
        self._is_first = True
        self._writer = PartWriter(store, database, self._folder, text)
        database.execute(f"CREATE TABLE {_NEW} ({COLUMN_TYPES})")

    def refresh(self) -> None:
        """Read what is new since the last time."""
        parts = self._begin()
        with told_if_slow(self._tell, self._unread(parts)):
            if self._is_behind(parts):
                parts = self._written(parts)
            self._read_new(parts)
        self._show(parts)
        self._store.execute("ROLLBACK")

    def interrupt(self) -> None:
        """Stop what other threads write just now."""
        self._writer.interrupt()

    def forget(self) -> None:
        """Trust no file any more that was seen: another command has replaced it."""
        self._is_first, self._parts = True, []

    def distrust(self, error: duckdb.Error) -> bool:
        """Whether reading a part may have raised it; such parts are removed, to be made anew."""
        if isinstance(error, _OF_STATEMENTS):
            return False
        paths = [path for part in chain(self._folder) for path in part.paths]
        # Not every error names its file.
        bad = [path for path in paths if str(path) in str(error)] or [
            path for path in paths if not self._is_readable(path)
        ]
        for path in bad:
            try:
                path.unlink(missing_ok=True)
            except OSError:
                self._bad.add(path)
        self.forget()
        return bool(bad) or isinstance(error, duckdb.IOException)

    def _begin(self) -> list[Part]:
        """See the store as it is at one moment, and the parts that fit to it."""
        if self._store.in_transaction:
            self._store.execute("ROLLBACK")
        self._store.execute("BEGIN")
        return self._usable()

    def _newest_event(self) -> int:
        [(last,)] = self._store.execute("SELECT coalesce(max(id), 0) FROM batch_events")
        return int(last)

    def _newest_change(self) -> int:
        [(sequence,)] = self._store.execute("SELECT coalesce(max(sequence), 0) FROM changes")
        return int(sequence)

    def _usable(self) -> list[Part]:
        """The parts up to the first that is not of this store, or that cannot be read."""
        usable: list[Part] = []
        for part in chain(self._folder):
            if self._bad & {*part.paths}:
                break
            if part not in self._parts and not (self._is_ours(part) and self._is_whole(part)):
                break
            usable.append(part)
        return usable

    def _is_ours(self, part: Part) -> bool:
        if part.sequence > self._newest_change():
            return False
        if not part.witness or part.witness in self._changed(part):
            return True
        sql = "SELECT lower(hex(identity)) FROM batch_events WHERE id = ?"
        return self._store.execute(sql, (part.witness,)).fetchall() == [(part.identity,)]

    def _is_whole(self, part: Part) -> bool:
        """Whether it can be read and holds the events that its name says; data is not looked at."""
        own, shared = map(parquet, part.paths)
        sql = f"FROM (SELECT min(id), max(id) FROM {own}), (SELECT min(part) FROM {shared})"  # noqa: S608 # ours
        try:
            [(first, last, of)] = self._database.execute(sql).fetchall()
        except duckdb.Error:
            return False
        return first is None or bool(part.after < first and last <= part.last and of == part.after)

    def _is_readable(self, path: Path) -> bool:
        """Whether all of a part can be read, which takes a while."""
        try:
            self._database.execute(f"SELECT max(hash(COLUMNS(*))) FROM {parquet(path)}").fetchall()  # noqa: S608 # ours
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            return False
        return True

    def _changed(self, part: Part) -> set[int]:
        """The events of a part that are no longer as they are in it."""
        return self._changes(part.sequence, part.after, part.last)

    def _changes(self, sequence: int, after: int, last: int) -> set[int]:
        sql = f"SELECT event {_CHANGED}"
        return {event for (event,) in self._store.execute(sql, (sequence, after, last))}

    def _unread(self, parts: list[Part]) -> int:
        """About how many events are neither in the files nor in memory."""
        end = parts[-1].last if parts else 0
        return self._newest_event() - (end if self._is_first else max(end, self._last))

    def _is_behind(self, parts: list[Part]) -> bool:
        end = parts[-1].last if parts else 0
        new = self._newest_event() - end
        return new >= NEW_EVENTS or any(self._changed(part) for part in parts)

    def _written(self, parts: list[Part]) -> list[Part]:
        """Bring the files up to date; without the right to, those parts that are."""
        try:
            with locked(self._root):
                # What another command wrote meanwhile may be newer than what was seen before.
                parts = [self._mended(part) for part in self._tidied(self._begin())]
                after, last = parts[-1].last if parts else 0, self._newest_event()
                written = self._writer.write(list(_ranges(after, last)))
                self._bad -= {path for part in written for path in part.paths}
                return [*parts, *written]
        except (OSError, duckdb.IOException):
            return list(takewhile(lambda part: not self._changed(part), self._begin()))

    def _tidied(self, parts: list[Part]) -> list[Part]:
        """Remove what was left behind: by another version, by a kill, of another store."""
        for path in own_folders(self._root, self._name):
            if path != self._folder and not is_text(path):
                shutil.rmtree(path, ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for path in {*self._folder.iterdir()} - {path for part in parts for path in part.paths}:
            if is_ours(path):
                path.unlink(missing_ok=True)
        return parts

    def _mended(self, part: Part) -> Part:
        """The part, or one in its place without what was changed and with what that is now."""
        changed = self._changed(part)
        if not changed:
            return part
        values = (part.sequence, part.after, part.last)
        mended = self._writer.mend(part, changed, f"id IN (SELECT event {_CHANGED})", *values)
        self._bad -= {*mended.paths}
        return mended

    def _read_new(self, parts: list[Part]) -> None:
        """Read into memory what the files do not hold."""
        end, last = parts[-1].last if parts else 0, self._newest_event()
        if self._is_first or end < self._end:
            self._database.execute(f"DELETE FROM {_NEW}")  # noqa: S608 # ours
            self._last = end
        else:
            self._replace(end)
        self._read("id > ? AND id <= ?", max(end, self._last), last)
        self._last, self._end, self._sequence = last, end, self._newest_change()
        self._is_first = False

    def _replace(self, end: int) -> None:
        """Drop from memory what the files hold now, and read anew what was changed."""
        between = (self._sequence, end, self._last)
        changed = self._changes(*between)
        ids = ", ".join(map(str, changed)) or "NULL"
        self._database.execute(f"DELETE FROM {_NEW} WHERE id <= {end} OR id IN ({ids})")  # noqa: S608 # numbers
        if changed:
            self._read(f"id IN (SELECT event {_CHANGED})", *between)

    def _read(self, condition: str, *values: int) -> None:
        """Read events, and append them to the table in memory."""
        with self._text.opened() as folder:
            files = write_documents(self._store, folder, condition, *values)
            with documents(self._database, files):
                self._database.execute(f"INSERT INTO {_NEW} FROM {ROWS}")  # ours

    def _show(self, parts: list[Part]) -> None:
        self._parts = parts
        sources = [f"SELECT * EXCLUDE (id) FROM {_NEW}"]  # noqa: S608 # our name
        if parts:
            own, shared = zip(*(part.paths for part in parts), strict=True)
            sources.insert(0, rows_of(parquet(*own), parquet(*shared)))
        view = " UNION ALL ".join(sources)
        self._database.execute(f"CREATE OR REPLACE VIEW raw_events AS {view}")


def _ranges(after: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut new events into parts, but for so few that they are read into memory."""
    while last - after >= NEW_EVENTS:
        end = min(last, after + PART_EVENTS)
        yield after, end
        after = end
