"""What SQLite says of the laptop's store, for every command that opens it: a sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.exit_codes import StoppedError
from commands.sql.store_file import StoreError


@contextmanager
def store_errors(path: Path, done: str = "written") -> Iterator[None]:
    """Raise StoppedError for what keeps the store at a path from being `done`."""
    try:
        yield
    except StoreError as error:
        raise StoppedError(str(error)) from None
    except sqlite3.Error as error:
        raise StoppedError(f"{path} cannot be {done}: {error}.") from None
