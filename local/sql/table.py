"""A query's result as a table for a terminal, in the characters that Athena would show."""

from collections.abc import Iterable
from typing import Any
from unicodedata import combining, east_asian_width

from local.sql.lake import Result
from local.sql.text import athena_text

_NULL = "null"


def table(result: Result) -> str:
    """The columns, a line, the rows, and how many there are."""
    cells = [[_cell(value) for value in row] for row in result.rows]
    columns = list(zip(result.columns, *cells, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    numeric = [_is_numeric(row[n] for row in result.rows) for n in range(len(columns))]
    head = " | ".join(_pad(n, w) for n, w in zip(result.columns, widths, strict=True))
    body = [
        " | ".join(_pad(*cell) for cell in zip(row, widths, numeric, strict=True)) for row in cells
    ]
    line = "-+-".join("-" * width for width in widths)
    count = f"({len(cells)} row{'' if len(cells) == 1 else 's'})"
    return "\n".join([head.rstrip(), line, *(row.rstrip() for row in body), count])


def _cell(value: Any) -> str:
    text = athena_text(value)
    if text is None:
        return _NULL
    # What a client sent must not move the cursor.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _is_numeric(values: Iterable[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float) for value in known)


def _pad(text: str, width: int, right: bool = False) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """How many columns of a terminal it takes."""
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(combining(character)) for character in text)
