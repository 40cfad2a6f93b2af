"""The two files beside an export: FILE.checkpoint, where another run goes on, FILE.rejected."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from commands.exit_codes import StoppedError
from commands.import_endpoints.lines import Line


@dataclass(kw_only=True)
class State:
    """The place up to which every line is imported or rejected, and how many of each."""

    table: str
    application_id: str
    part: str = ""
    part_size: int = 0
    end: int = 0
    number: int = 0
    imported: int = 0
    rejected: int = 0
    rejected_size: int = 0


class Checkpoint:
    """FILE.checkpoint; it is there while an import is not at its end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, table: str, application_id: str) -> State:
        """Where to go on: at the beginning, if there is no checkpoint."""
        if not self._path.exists():
            return State(table=table, application_id=application_id)
        try:
            state = State(**json.loads(self._path.read_bytes()))
        except (ValueError, TypeError):
            raise StoppedError(f"{self._path} is no checkpoint: delete it to start over.") from None
        if (state.table, state.application_id) != (table, application_id):
            raise StoppedError(
                f"{self._path} is of an import into {state.table} for {state.application_id}: "
                "finish that one, or delete the checkpoint to start over."
            )
        return state

    def save(self, state: State) -> None:
        """Write it at one stroke: a process that is killed leaves this one or the one before."""
        unfinished = self._path.with_name(f"{self._path.name}.new")
        unfinished.write_text(json.dumps(asdict(state)))
        os.replace(unfinished, self._path)

    def remove(self) -> None:
        """The import is at its end."""
        self._path.unlink(missing_ok=True)

    def not_of_these_files(self) -> StoppedError:
        """What to say when the files are not those that the checkpoint was written for."""
        return StoppedError(
            f"The files have changed since {self._path} was written: delete it to start over."
        )


class Rejects:
    """FILE.rejected: rejected lines as they came, each below its reason."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._header = b""
        self._size = 0

    def go_on(self, size: int) -> None:
        """Keep so many bytes of a former run; what stands behind them is rejected once more."""
        if not size or not self._path.exists():
            self._path.unlink(missing_ok=True)
            return
        with self._path.open("r+b") as file:
            file.truncate(size)
            self._header = next((line for line in file if not line.startswith(b"# ")), b"")
        self._size = size

    def add(self, reason: str, line: Line, header: bytes) -> None:
        """Write a line down; those of a CSV file stand below its header, to be read again."""
        self._file = self._file or self._path.open("ab")
        if header and header != self._header:
            self._file.write(_ended(header))
            self._header = header
        self._file.write(f"# {reason}\n".encode("utf-8", "backslashreplace"))
        self._file.write(_ended(line.raw))

    def flush(self) -> int:
        """Write what is not written yet; the file's size."""
        if self._file:
            self._file.flush()
            self._size = self._file.tell()
        return self._size


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n"
