"""FILE.rejected: the lines that were not imported as they came, each below its reason."""

from pathlib import Path
from typing import BinaryIO

from clients.import_endpoints.lines import Line


class Rejects:
    """The file, which is there only once a line was rejected."""

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
