"""A query's answer, and the table that shows it in the characters that Athena would show."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from commands.sql.athena_text import athena_text
from commands.terminal import table

_NULL = "null"


class Answer(NamedTuple):
    """What a query found."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    types: Sequence[str] = ()  # of the columns, as DuckDB calls them


def shown(answer: Answer) -> str:
    """The columns, a line, the rows, and how many there are."""
    numeric = [
        number
        for number in range(len(answer.columns))
        if _is_numeric(row[number] for row in answer.rows)
    ]
    cells = [[_cell(value) for value in row] for row in answer.rows]
    count = f"({len(cells)} row{'' if len(cells) == 1 else 's'})"
    return f"{table(answer.columns, cells, right=numeric)}\n{count}"


def _cell(value: Any) -> str:
    text = athena_text(value)
    return _NULL if text is None else text


def _is_numeric(values: Iterable[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, int | float) for value in known)
