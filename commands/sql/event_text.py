"""Events of the store as text: files of JSON, a line for each row, with what the events share."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from commands.sql.dialect import duckdb_type
from infra.tables import RAW_EVENTS

_TYPES = {column.name: duckdb_type(column.type) for column in RAW_EVENTS}
_EVENT = (
    "STRUCT(EventType TEXT, AppPackageName TEXT, AppTitle TEXT, AppVersionCode TEXT,"
    " ClientSdkVersion TEXT, SdkName TEXT, Attributes MAP(TEXT, TEXT), Metrics MAP(TEXT, DOUBLE),"
    ' "Session" STRUCT(Id TEXT, Duration BIGINT))'
)
# The columns of each table of the store as members of a JSON document.
STORED = {
    "batch_events": {
        "id": "BIGINT", "batch": "BIGINT", "event_id": "TEXT", "event_timestamp": "BIGINT",
        "session_start": "BIGINT", "session_stop": "BIGINT", "event": _EVENT,
    },
    "batches": {
        "id": "BIGINT", "application_id": "TEXT", "arrival_timestamp": "BIGINT",
        "request_id": "TEXT", "snapshot": "BIGINT", "effective_date": "TEXT",
        "updated_by": "TEXT",
    },
    "endpoint_snapshots": {
        "id": "BIGINT",
        "members": f"STRUCT(client {_TYPES['client']}, device {_TYPES['device']},"
        f" endpoint {_TYPES['endpoint']})",
    },
}  # fmt: skip
_JSON = {"event", "members"}
_READ_AT_ONCE = 250  # events, each of 1 MB at most


def write_documents(
    store: sqlite3.Connection, folder: Path, condition: str, *values: Any
) -> dict[str, Path]:
    """Write the events that a condition selects as text into files, one for each table."""
    files = _files(folder)
    events = f"SELECT batch FROM batch_events WHERE {condition}"  # noqa: S608 # ours
    with files["batch_events"].open("xb") as file:
        file.writelines(_lines(store, "batch_events", condition, values))
    _write_shared(store, files, f"id IN ({events})", values)
    return files


def write_range(store: sqlite3.Connection, folder: Path, after: int, last: int) -> dict[str, Path]:
    """The same of a range of ids, and a few batches more; much quicker than row by row."""
    files, first, newest = _files(folder), 0, 0
    sql = (
        f"SELECT CAST(group_concat({_line('batch_events')}, '') AS BLOB), min(batch), max(batch)"  # noqa: S608 # ours
        " FROM batch_events WHERE id > ? AND id <= ?"
    )
    with files["batch_events"].open("xb") as file:
        for start in range(after, last, _READ_AT_ONCE):
            values = (start, min(last, start + _READ_AT_ONCE))
            [(lines, lowest, highest)] = store.execute(sql, values)
            if lines:
                file.write(lines)
                first, newest = min(first or lowest, lowest), max(newest, highest)
    _write_shared(store, files, "id BETWEEN ? AND ?", (first, newest))
    return files


def _files(folder: Path) -> dict[str, Path]:
    return {table: folder / f"{table}-{uuid4()}.json" for table in STORED}


def _write_shared(
    store: sqlite3.Connection, files: dict[str, Path], condition: str, values: Iterable[Any]
) -> None:
    snapshots = f"SELECT snapshot FROM batches WHERE {condition}"  # noqa: S608 # ours
    conditions = {"batches": condition, "endpoint_snapshots": f"id IN ({snapshots})"}
    for table, where in conditions.items():
        with files[table].open("xb") as file:
            file.writelines(_lines(store, table, where, values))


def _lines(
    store: sqlite3.Connection, table: str, condition: str, values: Iterable[Any]
) -> Iterator[bytes]:
    line = f"CAST({_line(table)} AS BLOB)"
    sql = f"SELECT {line} FROM {table} WHERE {condition} ORDER BY id"  # noqa: S608 # ours
    return (text for (text,) in store.execute(sql, tuple(values)))


def _line(table: str) -> str:
    """A row of the store as one line of JSON; printf is quicker than many `||`."""
    form = ",".join(f'"{name}":%s' for name in STORED[table])
    values = ", ".join(_member(name, type_) for name, type_ in STORED[table].items())
    return f"printf('{{{form}}}%s', {values}, char(10))"


def _member(name: str, type_: str) -> str:
    if name in _JSON:
        return name
    return f"json_quote({name})" if type_ == "TEXT" else f"coalesce({name}, 'null')"
