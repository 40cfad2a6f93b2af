"""The SQLite file: a transaction that was committed is on the disk."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "putevents.db"
SCHEMA = Path(__file__).with_name("schema.sql").read_text()
VIEWS = Path(__file__).with_name("views.sql").read_text()


def data_folder() -> Path:
    """The folder of the file, `.data` unless the environment's `DATA_DIR` says another."""
    return Path(os.environ.get("DATA_DIR") or ".data")


class Database:
    """One connection to the file, shared by threads."""

    def __init__(self, path: Path, *, busy_seconds: float = 5) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of a block or nothing: sqlite3.Error is raised unless all is on the disk."""
        with self._lock, self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            # SQLite rolls a whole transaction back when the disk is full, whoever caught the error.
            if not connection.in_transaction:
                raise sqlite3.OperationalError("the transaction was rolled back")

    def check(self) -> None:
        """Write to the file, for nothing but to learn whether that works."""
        with self.transaction() as connection:
            connection.execute("PRAGMA user_version = 1")

    def settle(self) -> None:
        """Move all into the one file, so that a copy of it is complete."""
        with self._lock:
            self._connected().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disconnect()

    def _connected(self) -> sqlite3.Connection:
        # SQLite goes on writing, without a word, to a file that has been removed or replaced.
        if self._connection and self._inode == self._current_inode():
            return self._connection
        self._disconnect()
        connection = sqlite3.connect(
            self.path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(SCHEMA)
            # Not above: who only asks where the file is, as `make sql` does, has no Pydantic.
            from local.upgrade import upgrade

            upgrade(connection)
            connection.executescript(VIEWS)  # `events` was a table
            self._inode = self._current_inode()
            if not self._inode:
                raise sqlite3.OperationalError("the file was removed")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _current_inode(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
