"""The files of an export, gzipped or not, line by line from any place on."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple, Self

_GZIP_MAGIC = b"\x1f\x8b"
# An endpoint has 15 KB at most; a file without line ends must not fill the memory.
MAX_LINE_BYTES = 256 * 1024
# An export's folder in S3 holds other objects beside the endpoints.
_PART = re.compile(r"\.(gz|csv|json|jsonl|ndjson)$", re.IGNORECASE)


class Line(NamedTuple):
    """A line with its end as it came, and where it begins and ends once inflated."""

    number: int
    start: int
    end: int
    raw: bytes
    lines: int = 1  # how many lines of the file it is: a value of CSV may have line breaks

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.number + self.lines - 1

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.raw.strip()

    def joined(self, following: "Line") -> "Line":
        """This line and the one below it as one."""
        raw, lines = self.raw + following.raw, self.lines + following.lines
        return Line(self.number, self.start, following.end, raw, lines)


class Lines:
    """The lines of one file, blank ones too."""

    def __init__(self, path: Path) -> None:
        self._raw = path.open("rb")
        magic = self._raw.read(len(_GZIP_MAGIC))
        self._raw.seek(0)
        self._file: IO[bytes] = self._raw
        if magic == _GZIP_MAGIC:
            self._file = gzip.GzipFile(fileobj=self._raw)  # type: ignore[assignment]
        self._end, self._number = 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def __iter__(self) -> Iterator[Line]:
        while raw := self._file.readline(MAX_LINE_BYTES):
            start = self._end
            self._end += len(raw)
            self._number += 1
            if not raw.endswith(b"\n"):
                self._skip_rest()
            yield Line(self._number, start, self._end, raw)

    def go_on(self, end: int, number: int) -> None:
        """Leave out what stands before; of a gzipped file it has to be inflated all the same."""
        self._file.seek(end)
        self._end, self._number = end, number

    @property
    def bytes_read(self) -> int:
        """How much of the file was read, as it lies on the disk."""
        return self._raw.tell()

    def _skip_rest(self) -> None:
        while rest := self._file.readline(MAX_LINE_BYTES):
            self._end += len(rest)
            if rest.endswith(b"\n"):
                return


def parts(path: Path) -> tuple[list[Path], list[Path]]:
    """The file, or those of a folder that hold endpoints; and those that do not look like it."""
    if not path.is_dir():
        return [path], []
    found = sorted(file for file in path.rglob("*") if file.is_file())
    chosen = [file for file in found if _PART.search(file.name)]
    return chosen, [file for file in found if not _PART.search(file.name)]
