"""Reads the SQLite file whatever texts are in it: JSON may hold half of a surrogate pair."""

import re
import sqlite3
from pathlib import Path

_HALVES = re.compile("[\ud800-\udfff]")


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that can only read: every text, and all as it is at one moment."""
    store = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    store.text_factory = readable
    store.execute("BEGIN")
    return store


def readable(text: bytes) -> str:
    """A text of SQLite's, which makes of `"\\ud800"` in JSON what is no UTF-8."""
    try:
        return text.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace")


def as_browsers_send(text: str) -> str:
    """A text as it comes back from a page: there is no half of a pair in a query."""
    return _HALVES.sub("\ufffd", text)
