"""Takes an export's file apart into batches of endpoints; behind each it can be gone on."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from clients.import_endpoints.columns import BadHeaderError
from clients.import_endpoints.exported import BadLineError
from clients.import_endpoints.formats import Format
from clients.import_endpoints.lines import Line, Lines
from clients.import_endpoints.outcome import StoppedError
from putevents.endpoints.update import Change

ENDPOINTS = 100  # as many as the table reads in one call
_MAX_LINES = 1000  # so that a file of bad lines gets on, too


@dataclass
class Batch:
    """Endpoints by id with the lines that they stood in, and bad lines with their reasons."""

    header: bytes
    changes: dict[str, Change] = field(default_factory=dict)
    origins: dict[str, Line] = field(default_factory=dict)
    rejected: list[tuple[Line, str]] = field(default_factory=list)
    end: int = 0  # the place behind the last line
    number: int = 0
    bytes_read: int = 0  # of the whole file up to now, as it lies on the disk

    @property
    def is_full(self) -> bool:
        return len(self.changes) >= ENDPOINTS or len(self.rejected) >= _MAX_LINES


def batches(path: Path, end: int, number: int, now: int) -> Iterator[Batch]:
    """What comes behind a place in a file. Raises StoppedError."""
    try:
        with Lines(path) as lines:
            first = next(iter(lines), None)
            if first is not None:
                format_ = Format(path, first)
                lines.go_on(end, number)
                yield from _batches(lines, format_, now)
    except BadHeaderError as error:
        raise StoppedError(f"{path}: {error}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise StoppedError(f"{path} cannot be read to its end: {error}") from None


def _batches(lines: Lines, format_: Format, now: int) -> Iterator[Batch]:
    batch = Batch(format_.header)
    for line in lines:
        found = None
        try:
            found = format_.read(line, now)
        except BadLineError as error:
            batch.rejected.append((line, str(error)))
        if found and found.id in batch.changes:  # of two at once one would be forgotten
            yield batch
            batch = Batch(format_.header)
        if found:
            batch.changes[found.id], batch.origins[found.id] = found.change, line
        batch.end, batch.number, batch.bytes_read = line.end, line.number, lines.bytes_read
        if batch.is_full:
            yield batch
            batch = Batch(format_.header)
    if batch.end:
        yield batch
