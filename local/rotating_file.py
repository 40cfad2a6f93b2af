"""A log file that stays small: when it is full it is put aside, and the oldest one is dropped."""

import io
import os
from itertools import pairwise
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024  # about 20,000 requests
KEPT = 3  # full files beside the one that is written


class RotatingFile(io.RawIOBase):
    """Appends to a file, unbuffered; begins a new one between lines only."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> None:
        super().__init__()
        self._path, self._max_bytes, self._kept = path, max_bytes, kept
        self._file = path.open("ab", buffering=0)
        self._size = os.fstat(self._file.fileno()).st_size
        self._is_between_lines = True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Write what fits on the disk, as a raw file does."""
        is_full = self._size + len(data) > self._max_bytes
        if is_full and self._size and self._is_between_lines:
            self._rotate()
        written = self._file.write(data)
        self._size += written
        self._is_between_lines = data[:written][-1:] == b"\n"
        return written

    def close(self) -> None:
        """Close the file that is written."""
        self._file.close()
        super().close()

    def _rotate(self) -> None:
        full_ones = (f"{self._path.name}.{number + 1}" for number in range(self._kept))
        names = [self._path, *map(self._path.with_name, full_ones)]
        for newer, older in reversed(list(pairwise(names))):
            if newer.exists():
                newer.replace(older)
        full, self._file = self._file, self._path.open("ab", buffering=0)
        self._size = 0
        full.close()
