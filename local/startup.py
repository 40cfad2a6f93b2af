"""Opens what the gateway needs to start: folder, file and port, each failure one sentence."""

import errno
import os
import socket
import sqlite3
from pathlib import Path

from local.database import FILE, Database
from local.environment import StartError
from local.private_files import LOG_FILE, keep_private
from local.web_server import EVERY_HOST, HOST, listen

_LONGEST = 43_200  # seconds, SQS's own limit


def open_folder(folder: Path) -> Path:
    """Make the folder, and the log file in it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(folder)
        (folder / LOG_FILE).touch()
    except OSError as error:
        raise StartError(
            f"Nothing can be written in {folder} ({error.strerror}): choose another, DATA_DIR=..."
        ) from None
    return folder.resolve()


def open_database(folder: Path) -> Database:
    """Open the file of events and queues, and write to it once."""
    database = Database(folder / FILE)
    try:
        database.check()
    except sqlite3.Error as error:
        raise StartError(f"{database.path} cannot be written: {error}.") from None
    return database


def open_port(port: str, host: str = HOST) -> socket.socket:
    """Take the port that `make run` was given: of loopback, unless it was asked for more."""
    if host not in (HOST, EVERY_HOST):
        raise StartError(f"HOST should be {HOST} or {EVERY_HOST}, not {host!r}.")
    if not (port.isascii() and port.isdecimal() and len(port) < 6 and int(port) < 65536):
        raise StartError(f"PORT should be a number from 0 to 65535, not {port!r}.")
    try:
        return listen(int(port), host)
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        why = "is in use by another program" if busy else f"cannot be used ({error.strerror})"
        raise StartError(f"Port {port} of {host} {why}: choose another, PORT=...") from None


def visibility_seconds() -> int:
    """Read how long a received message is hidden."""
    text = os.environ.get("VISIBILITY_TIMEOUT_SECONDS") or "30"
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= _LONGEST):
        raise StartError(
            f"VISIBILITY_TIMEOUT_SECONDS should be 0 to {_LONGEST} seconds, not {text!r}."
        )
    return int(text)
