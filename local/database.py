"""The SQLite file: a transaction that was committed is on the disk."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "putevents.db"
DEFAULT_FOLDER = ".data"
SCHEMA = Path(__file__).with_name("schema.sql").read_text()
VIEWS = Path(__file__).with_name("views.sql").read_text()


def data_folder() -> Path:
    """The folder of the file, `.data` unless the environment's `DATA_DIR` says another."""
    # Not every shell expands the ~ of `make run DATA_DIR=~/events`.
    # A user whom nobody knows (~nobody) is no error, but a name like any other.
    return Path(os.path.expanduser(os.environ.get("DATA_DIR") or DEFAULT_FOLDER))


class _Group:
    """Writers that are committed together: one wait for the disk instead of many."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.is_settled = threading.Event()
        self.error: Exception | None = None


class Database:
    """One connection to the file, shared by threads."""

    def __init__(self, path: Path, *, busy_seconds: float = 5) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._lock = threading.Lock()
        self._group: _Group | None = None  # whose transaction is open
        self._joining = 0
        self._joining_lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all of a block or nothing: sqlite3.Error is raised unless all is on the disk."""
        with self._lock:
            self._commit_group()
            with self._connected() as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                _check_open(connection)

    @contextmanager
    def shared_transaction(self) -> Iterator[sqlite3.Connection]:
        """The same, committed together with others that come meanwhile; one can fail alone."""
        with self._joining_lock:
            self._joining += 1
        with self._lock:
            with self._joining_lock:
                self._joining -= 1
            group = self._join()
            try:
                with _part(group.connection):
                    yield group.connection
            finally:
                # Whoever is waiting commits for this one too.
                if not self._joining:
                    self._commit_group()
        group.is_settled.wait()
        if group.error:
            raise sqlite3.OperationalError(str(group.error)) from group.error

    def _join(self) -> _Group:
        if self._group and not self._group.connection.in_transaction:
            self._commit_group()  # one of it lost the others' parts: they are told
        if not self._group:
            connection = self._connected()
            connection.execute("BEGIN IMMEDIATE")
            self._group = _Group(connection)
        return self._group

    def _commit_group(self) -> None:
        """Commit what is open and tell its writers; called with the lock."""
        group, self._group = self._group, None
        if not group:
            return
        try:
            with group.connection:  # commits
                _check_open(group.connection)
        except sqlite3.Error as error:
            group.error = error
        finally:
            group.is_settled.set()

    def check(self) -> None:
        """Write to the file, for nothing but to learn whether that works."""
        with self.transaction() as connection:
            connection.execute("PRAGMA user_version = 1")

    def settle(self) -> None:
        """Move all into the one file, so that a copy of it is complete."""
        with self._lock:
            self._commit_group()
            self._connected().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._commit_group()
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


@contextmanager
def _part(connection: sqlite3.Connection) -> Iterator[None]:
    """A part of a transaction, which is undone alone."""
    connection.execute("SAVEPOINT part")
    try:
        yield
        _check_open(connection)
        connection.execute("RELEASE part")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
            connection.execute("RELEASE part")
        raise


def _check_open(connection: sqlite3.Connection) -> None:
    # SQLite rolls a whole transaction back when the disk is full, whoever caught the error.
    if not connection.in_transaction:
        raise sqlite3.OperationalError("the transaction was rolled back")
