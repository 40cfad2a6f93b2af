"""A part of a transaction that can fail alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from putevents.endpoints.store import StoreError


@contextmanager
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of a block or nothing, and keep the transaction: raises StoreError if it failed."""
    connection.execute("SAVEPOINT block")
    try:
        yield
    except (sqlite3.Error, UnicodeError) as error:
        if not connection.in_transaction:
            raise  # SQLite gave the whole transaction up, as it does when the disk is full
        connection.execute("ROLLBACK TO block")
        connection.execute("RELEASE block")
        raise StoreError(str(error)) from error
    connection.execute("RELEASE block")
