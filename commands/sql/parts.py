"""The files of the columnar copy: a part holds the events of a range of ids and never changes."""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from commands.sql.copy_folder import DRAFT, LOCK

LOCK_SECONDS = 60  # until another command is waited for no more
_NAME = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)-([0-9a-f]*)\.parquet")
_SHARED = ".shared.parquet"
_DRAFT = re.compile(rf"{DRAFT}(-\d+-(own|shared))?")


class Part(NamedTuple):
    """The events of a range, as the file's name tells it, and beside it what they share."""

    path: Path
    after: int  # it holds events with greater ids
    last: int  # up to this one
    sequence: int  # of the store's changes that it knows
    witness: int  # the last event that is in it, or 0
    identity: str  # of that one, in hex: another store's event has another

    @property
    def shared(self) -> Path:
        """The file with what all events of a request have in common."""
        return self.path.with_suffix(_SHARED)

    @property
    def paths(self) -> tuple[Path, Path]:
        """Both of its files."""
        return self.path, self.shared


def part_path(
    folder: Path, after: int, last: int, sequence: int, witness: int, identity: str
) -> Path:
    """What a part is called."""
    return folder / f"{after}-{last}-{sequence}-{witness}-{identity}.parquet"


def chain(folder: Path) -> list[Part]:
    """The parts that follow each other from the first event on."""
    try:
        found = [_part(path) for path in folder.iterdir()]
    except OSError:  # there is none, or it is somebody else's
        return []
    parts: list[Part] = []
    while True:
        last = parts[-1].last if parts else 0
        following = [part for part in found if part and part.after == last < part.last]
        if not following:
            return parts
        parts.append(max(following, key=lambda part: (part.sequence, part.last)))


def is_ours(path: Path) -> bool:
    """Whether a file has the name of a part's, or of what is to become one."""
    name = path.name.replace(_SHARED, ".parquet")
    return bool(_NAME.fullmatch(name) or _DRAFT.fullmatch(name))


def drafts(folder: Path, after: int) -> tuple[Path, Path]:
    """What the files of a part are called while they are written."""
    return folder / f"{DRAFT}-{after}-own", folder / f"{DRAFT}-{after}-shared"


def _part(path: Path) -> Part | None:
    name = _NAME.fullmatch(path.name)
    if not name:
        return None
    after, last, sequence, witness = map(int, name.group(1, 2, 3, 4))
    return Part(path, after, last, sequence, witness, name[5])


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Write alone, whichever other commands run; raises OSError if that cannot be.

    The lock ends with the process, however that ends.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield
    finally:
        os.close(file)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
