"""What a file of endpoints is written in, CSV or JSON Lines, and a line of it as an endpoint."""

import codecs
import json
from pathlib import Path
from typing import Any

from clients.import_endpoints.columns import BadHeaderError, Columns
from clients.import_endpoints.exported import BadLineError, Exported, exported
from clients.import_endpoints.lines import MAX_LINE_BYTES, Line

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

    def read(self, line: Line, now: int) -> Exported | None:
        """The endpoint; None for a header. Raises BadLineError."""
        text = _text(line)
        found = self._columns.endpoint(text) if self._columns else _object(text)
        return None if found is None else exported(found, len(line.raw), now)


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
