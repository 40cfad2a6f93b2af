"""The lock of `make run` on its DATA_DIR, and who has it: a killed process leaves it open."""

import fcntl
import json
import logging
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from local.database import FILE
from local.environment import StartError

LOCK_FILE = "run.lock"
_MOST = 1_000  # characters

log = logging.getLogger("local")


class Holder(NamedTuple):
    """A start of the gateway: an id that its page says too, and where it listens."""

    run: str
    url: str


@contextmanager
def hold(folder: Path, url: str) -> Iterator[Holder]:
    """Keep the folder from another `make run` until the block or the process ends.

    What else opens the store beside it, such as `make sql`, does not ask. Raises StartError.
    """
    store = (folder / FILE).resolve().parent  # the file may be a link
    with closing(_open(folder)) as file, ExitStack() as locks:
        # Who removes a lock file does not remove the folder that the store is in. That store's
        # file itself has SQLite's own locks, which may be of the same kind.
        for number in (locks.enter_context(_opened(store)), file.fileno()):
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = holder(store) or holder(folder)
                where = f" on {other.url}" if other else ""
                raise StartError(
                    f"Another `make run`{where} has {store if other else folder}:"
                    " stop it, or choose another, DATA_DIR=..."
                ) from None
            except OSError as error:  # some network file systems
                log.warning("%s cannot be locked (%s)", folder, error.strerror)
        this = Holder(uuid.uuid4().hex, url)
        _write(file.fileno(), json.dumps(this._asdict()))
        yield this
        _write(file.fileno(), "")


def _open(folder: Path) -> TextIO:
    """The lock file."""
    path = folder / LOCK_FILE
    try:
        # A link may lead to a file that is somebody else's.
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartError(
            f"{path} cannot be opened: {error.strerror}. Choose another folder, DATA_DIR=..."
        ) from None
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise StartError(f"{path} is no file. Choose another folder, DATA_DIR=...")
    return os.fdopen(number, "r+")


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A folder, to be locked."""
    try:
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise StartError(
            f"{folder} cannot be opened: {error.strerror}. Choose another folder, DATA_DIR=..."
        ) from None
    try:
        yield number
    finally:
        os.close(number)


def holder(folder: Path) -> Holder | None:
    """Who said last that the folder is theirs; they may have been killed since."""
    try:
        with open(folder / LOCK_FILE, encoding="utf-8") as file:
            found = json.loads(file.read(_MOST))
        said = Holder(str(found["run"]), str(found["url"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return said if said.url.isascii() and said.url.isprintable() else None  # it goes to terminals


def _write(number: int, text: str) -> None:
    os.truncate(number, 0)
    os.pwrite(number, text.encode(), 0)
