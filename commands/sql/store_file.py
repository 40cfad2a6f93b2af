"""Opens the laptop's SQLite file to read, also where nothing may be written beside it."""

import shlex
import sqlite3
from pathlib import Path
from typing import NamedTuple

from local.typed import typed

# What SQLite says when it may not write the files beside the store that a reader needs.
_NOT_ALLOWED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_PRIMARY = 0xFF  # of an error code, whose other bits say more


class StoreError(Exception):
    """The file cannot be read; the text says what to do."""


class StoreFile(NamedTuple):
    """A connection that can only read, and what stood at the path when it was opened."""

    connection: sqlite3.Connection
    place: tuple[int, ...] | None
    is_fixed: bool  # it is read as if nobody wrote: `place` tells whether somebody did

    def is_at(self, path: Path) -> bool:
        """Whether the same file is there still; one that is fixed also as it was."""
        return self.place is not None and self.place == _place(path, is_fixed=self.is_fixed)


def open_store(path: Path) -> StoreFile:
    """The store to read; with a folder that cannot be written too, if all is in the one file."""
    try:
        path.stat()
    except PermissionError:
        raise StoreError(_not_yours(path)) from None
    except OSError:
        run = typed("run", path.parent)
        raise StoreError(
            f"Nothing is stored in {path} yet: `{run}`, then send events to it."
        ) from None
    try:
        return _opened(path, is_fixed=False)
    except sqlite3.Error as error:
        # SQLite alone knows the class, not all that raise it the code.
        if getattr(error, "sqlite_errorcode", 0) & _PRIMARY not in _NOT_ALLOWED:
            raise StoreError(f"{path} cannot be read: {error}.") from None
    try:
        path.open("rb").close()
    except OSError:
        raise StoreError(_not_yours(path)) from None
    if _wal_size(path):  # what is in it would be missing
        raise StoreError(
            f"{path} cannot be read where it is: nothing can be written beside it, and it has a"
            f" -wal file. {_copied(path)}"
        )
    try:
        return _opened(path, is_fixed=True)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read: {error}. {_copied(path)}") from None


def _opened(path: Path, *, is_fixed: bool) -> StoreFile:
    place = _place(path, is_fixed=is_fixed)
    # One thread at a time uses it, yet not always the same: see EventsCopy.
    store = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if is_fixed else ''}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        found = store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'changes'").fetchall()
    except sqlite3.Error:
        store.close()
        raise
    if not found:
        store.close()
        run = typed("run", path.parent)
        raise StoreError(f"{path} is of an earlier version: `{run}` once brings it up to date.")
    return StoreFile(store, place, is_fixed)


def _place(path: Path, *, is_fixed: bool) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    if is_fixed:
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, _wal_size(path)
    return found.st_dev, found.st_ino


def _wal_size(path: Path) -> int:
    """Bytes of what was written and is not in the file itself yet."""
    real = path.resolve()
    try:
        return real.with_name(f"{real.name}-wal").stat().st_size
    except OSError:
        return 0


def _copied(path: Path) -> str:
    files = f"{shlex.quote(str(path.resolve()))}*"
    return f"Copy it to a folder of your own: cp {files} FOLDER, then DATA_DIR=FOLDER."


def _not_yours(path: Path) -> str:
    return f"You may not read {path}: let its owner copy it, with its -wal file, to where you may."
