"""Answers the statements of `make run`'s page: a line of JSON in, a line of JSON out.

It is a process of its own, so that a statement that takes too long can be ended with it.
"""

import json
import os
import re
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from queue import SimpleQueue
from typing import Any, TextIO

from commands.sql.athena_text import athena_text
from commands.sql.dialect import SqlError
from commands.sql.lake_views import TABLES
from commands.sql.stored_lake import StoredLake, StoreError
from infra.queries import VIEWS
from local.database import FILE, data_folder

MAX_ROWS = 1000
MAX_BYTES = 8 * 1024 * 1024  # of an answer, about
MAX_TEXT = 10_000  # characters of one value
# A statement shares the machine with the gateway. Nothing is written to the disk instead.
LIMITS: dict[str, str | int] = {"memory_limit": "1GB", "threads": 1, "temp_directory": ""}
MAX_ADDRESSES = 2560 * 1024**2  # bytes: DuckDB does not count all that it takes
_NICE = 10
_MAX_EXACT = 2**53  # integers that JavaScript reads as they are
_PROMPTS = re.compile(r"\.tables lists (them|what there is)")  # a command of the prompt's
_THERE = f"there are {', '.join([*VIEWS, *TABLES])}"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?( UTC)?")
_TYPES = {"VARCHAR": "varchar", "INTEGER": "integer", "FLOAT": "real", "BLOB": "varbinary"}


def main(answers: TextIO) -> None:
    """Answer until the input ends."""
    _give_way()

    def tell(events: int) -> None:
        print(json.dumps({"reading": events}), file=answers, flush=True)

    lake: StoredLake | None = None
    for line in _lines():
        started = time.monotonic()
        try:
            lake = lake or StoredLake(data_folder() / FILE, limits=LIMITS, tell=tell)
            answer = _answer(lake, json.loads(line)["query"])
        except (SqlError, StoreError) as error:
            answer = {"error": _PROMPTS.sub(_THERE, str(error))}
        except Exception as error:  # a bug here must not end what comes after
            answer = {"error": f"The statement could not be answered: {error}"}
        answer["seconds"] = round(time.monotonic() - started, 3)
        print(json.dumps(answer), file=answers, flush=True)


def _give_way() -> None:
    """Leave the machine to the others: less memory, and the processor when nobody wants it."""
    os.nice(_NICE)
    with suppress(OSError, ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))


def _lines() -> Iterator[str]:
    """The input's lines; at its end, also when the server was killed, this process ends at once."""
    lines = SimpleQueue[str]()

    def read() -> None:
        for line in sys.stdin:
            lines.put(line)
        os._exit(0)  # a statement may be running

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield lines.get()


def _answer(lake: StoredLake, sql: str) -> dict[str, Any]:
    answer = lake.query(sql, MAX_ROWS + 1)
    rows = _bounded(answer.rows[:MAX_ROWS])
    types = map(_type, answer.types)
    return {
        "columns": [{"name": n, "type": t} for n, t in zip(answer.columns, types, strict=True)],
        "rows": rows,
        "truncated": len(answer.rows) > len(rows),
        "chart": _chart(answer.rows[: len(rows)]),
    }


def _bounded(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """As many rows as a browser can show; at least the first."""
    shown: list[list[Any]] = []
    size = 0
    for row in rows:
        cells = [_cell(value) for value in row]
        size += sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
        if shown and size > MAX_BYTES:
            break
        shown.append(cells)
    return shown


def _cell(value: Any) -> Any:
    """Numbers as numbers, where JSON and JavaScript have them; the rest as Athena writes it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) <= _MAX_EXACT:
        return value
    if isinstance(value, float) and abs(value) < float("inf"):
        return value
    text = athena_text(value)
    return f"{text[:MAX_TEXT]}…" if text and len(text) > MAX_TEXT else text


def _type(name: str) -> str:
    return _TYPES.get(name, name.lower())


def _chart(rows: list[tuple[Any, ...]]) -> dict[str, Any] | None:
    """Which columns to draw, if the rows are series in time: one of each text, and numbers."""
    if len(rows) < 2:
        return None
    values = list(zip(*rows, strict=True))
    moments = [n for n, column in enumerate(values) if all(map(_is_moment, column))]
    numbers = [n for n, column in enumerate(values) if _is_numeric(column)]
    others = [column for n, column in enumerate(values) if n not in (*moments[:1], *numbers)]
    if not moments or not numbers:
        return None
    places = list(zip(values[moments[0]], *others, strict=True))
    is_series = all(map(_is_text, others)) and len(set(places)) == len(rows)
    return {"x": moments[0], "y": numbers} if is_series else None


def _is_text(column: tuple[Any, ...]) -> bool:
    return all(value is None or isinstance(value, str) for value in column)


def _is_moment(value: Any) -> bool:
    if isinstance(value, date | datetime):
        return True
    return isinstance(value, str) and bool(_DAY.fullmatch(value))


def _is_numeric(column: tuple[Any, ...]) -> bool:
    known = [value for value in column if value is not None]
    kinds = {bool: False, int: True, float: True}
    return bool(known) and all(kinds.get(type(value), False) for value in known)
