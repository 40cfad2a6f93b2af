"""Reads a file of an export, CSV or JSON Lines, as batches of endpoints, from any line on."""

import codecs
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from commands.exit_codes import StoppedError
from commands.import_endpoints.columns import BadHeaderError, Columns
from commands.import_endpoints.csv_records import csv_records
from commands.import_endpoints.exported import BadLineError, Exported, exported
from commands.import_endpoints.lines import MAX_LINE_BYTES, Line, Lines
from putevents.endpoints.update import Change

ENDPOINTS = 100  # as many as the table reads in one call
_MAX_LINES = 1000  # so that a file of bad lines advances, too
_JSON, _CSV = (".json", ".jsonl", ".ndjson"), (".csv",)


class Format:
    """How the lines of one file are read; `header` is the first line if it is no endpoint."""

    def __init__(self, path: Path, first: Line) -> None:
        suffix = Path(path.name.lower().removesuffix(".gz")).suffix
        start = first.raw.removeprefix(codecs.BOM_UTF8)
        is_json = suffix in _JSON or (suffix not in _CSV and start.startswith(b"{"))
        self.header = b"" if is_json else start
        self._columns = None
        if not is_json:
            try:
                self._columns = Columns(_text(first))
            except BadLineError as error:
                raise BadHeaderError(str(error)) from None

    def records(self, lines: Lines) -> Iterator[Line]:
        """The lines that are not blank; of CSV, rows."""
        every: Iterator[Line] = iter(lines)
        if self._columns:
            every = csv_records(every, self._is_row)
        return (line for line in every if not line.is_blank)

    def _is_row(self, line: Line) -> bool:
        assert self._columns  # noqa: S101 # it is CSV
        try:
            return self._columns.is_row(_text(line))
        except BadLineError:
            return False

    def read(self, line: Line, now: int) -> Exported | None:
        """The endpoint; None for a header. Raises BadLineError."""
        text = _text(line)
        found = self._columns.endpoint(text) if self._columns else _object(text)
        return None if found is None else exported(found, len(line.raw), now)


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
        """Whether it takes no more lines."""
        return len(self.changes) >= ENDPOINTS or len(self.rejected) >= _MAX_LINES


def batches(path: Path, end: int, number: int, now: int) -> Iterator[Batch]:
    """The batches behind a place in a file; raises StoppedError."""
    try:
        with Lines(path) as lines:
            first = next((line for line in lines if not line.is_blank), None)
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
    for line in format_.records(lines):
        found = None
        try:
            found = format_.read(line, now)
        except BadLineError as error:
            batch.rejected.append((line, str(error)))
        if found and found.id in batch.changes:  # a batch holds one change for each id
            yield batch
            batch = Batch(format_.header)
        if found:
            batch.changes[found.id], batch.origins[found.id] = found.change, line
        batch.end, batch.number, batch.bytes_read = line.end, line.last, lines.bytes_read
        if batch.is_full:
            yield batch
            batch = Batch(format_.header)
    if batch.end:
        yield batch


def _text(line: Line) -> str:
    if len(line.raw) >= MAX_LINE_BYTES:
        raise BadLineError("Longer than 256 KB")
    raw = line.raw.removeprefix(codecs.BOM_UTF8) if line.start == 0 else line.raw
    try:
        return raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadLineError("Not UTF-8") from None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadLineError("Not JSON") from None
    if not isinstance(found, dict):
        raise BadLineError("Not a JSON object")
    return found
