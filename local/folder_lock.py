"""The lock of `make run` on its DATA_DIR, and who has it: a killed process leaves it open."""

import fcntl
import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

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
    try:
        # A link may lead to a file that is somebody else's.
        number = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StartError(f"{folder / LOCK_FILE} cannot be opened: {error.strerror}.") from None
    with closing(os.fdopen(number, "r+")) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = holder(folder)
            where = f" on {other.url}" if other else ""
            raise StartError(
                f"Another `make run`{where} has {folder}: stop it, or choose another, DATA_DIR=..."
            ) from None
        except OSError as error:  # some network file systems
            log.warning("%s cannot be locked (%s)", folder, error.strerror)
        this = Holder(uuid.uuid4().hex, url)
        _write(file.fileno(), json.dumps(this._asdict()))
        yield this
        _write(file.fileno(), "")


def holder(folder: Path) -> Holder | None:
    """Who said last that the folder is theirs; they may have been killed since."""
    try:
        with open(folder / LOCK_FILE, encoding="utf-8") as file:
            found = json.loads(file.read(_MOST))
        return Holder(str(found["run"]), str(found["url"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _write(number: int, text: str) -> None:
    os.truncate(number, 0)
    os.pwrite(number, text.encode(), 0)
