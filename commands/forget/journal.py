"""What a run has done so far, on the disk before the next step, so that another run goes on."""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from commands.exit_codes import StoppedError
from commands.forget.person import Person
from commands.forget.receipt import Entry, Receipt

WRITTEN, DONE = "written", "done"
# Not keys of objects: those begin with a folder of the bucket.
ENDPOINTS, COUNTS = _OWN = ("?endpoints", "?counts")


class Journal:
    """A file of JSON lines; the last entry of a key counts. A dry run has none on the disk.

    The file is made with its first entry, so a run that stops at its checks leaves none.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._entries: dict[str, Entry] = {}
        self._file: BinaryIO | None = None
        self._folder: int | None = None
        self.went_on = False  # whether an earlier run has left entries
        if path:
            self._folder = _locked(path.parent)
            for line in _whole_lines(path):
                self._entries[line["key"]] = line
            self.went_on = bool(self._entries)

    def get(self, key: str) -> Entry | None:
        """The last entry of a key."""
        return self._entries.get(key)

    def add(self, key: str, **entry: Any) -> None:
        """Note what was done; on the disk when this returns."""
        self._entries[key] = {"key": key, **entry}
        if self._path:
            self._file = self._file or _private(self._path)
            self._file.write(json.dumps(self._entries[key]).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def entries(self) -> Iterator[Entry]:
        """The entries of objects, in the order in which their keys came first."""
        yield from (entry for key, entry in self._entries.items() if key not in _OWN)

    def keep(self, person: Person, receipt: Receipt) -> None:
        """Keep what is known of the person's endpoints, and what was counted so far."""
        self.keep_endpoints(person)
        counts = [receipt.started.isoformat(), dict(receipt.searched), dict(receipt.removed)]
        if counts != self._entries.get(COUNTS, {}).get("counts"):
            self.add(COUNTS, counts=counts)

    def keep_endpoints(self, person: Person) -> None:
        """Keep what is known of the endpoints, before what told of them goes."""
        endpoints = [sorted(map(list, known)) for known in (person.endpoints, person.seen)]
        if endpoints != self._entries.get(ENDPOINTS, {}).get("endpoints"):
            self.add(ENDPOINTS, endpoints=endpoints)

    def restore(self, person: Person, receipt: Receipt) -> None:
        """Take over what an earlier run has kept."""
        for known, kept in zip(
            (person.endpoints, person.seen),
            self._entries.get(ENDPOINTS, {}).get("endpoints", []),
            strict=False,
        ):
            known.update((application_id, key) for application_id, key in kept)
        if counted := self._entries.get(COUNTS):
            started, searched, removed = counted["counts"]
            receipt.started = datetime.fromisoformat(started)
            receipt.searched, receipt.removed = Counter(searched), Counter(removed)

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
        if self._folder is not None:
            os.close(self._folder)
            self._folder = None

    def remove(self) -> None:
        """Remove the file: the run is over."""
        if self._path:
            self._path.unlink(missing_ok=True)
        self.close()


def _private(path: Path) -> BinaryIO:
    """Open a file that nobody else may read: it names a person's endpoints."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "ab")


def _locked(folder: Path) -> int:
    """Let no other run begin in a folder until this one ends, however it does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoppedError(
            "Another run forgets somebody in this folder. Two at once could each bring back what"
            " the other has removed: wait for its end."
        ) from None
    return descriptor


def _whole_lines(path: Path) -> Iterator[Entry]:
    """The entries of a file; the last may have been cut off by a kill, and is cut off here too."""
    if not path.exists():
        return
    end = 0
    with path.open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                break
            end += len(line)
            yield json.loads(line)
    os.truncate(path, end)
