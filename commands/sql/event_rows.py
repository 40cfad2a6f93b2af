"""Rows of raw_events out of the store: SQLite gives JSON, DuckDB makes columns of it."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from commands.sql.dialect import duckdb_type, quoted
from commands.sql.lake_views import TABLES
from infra.tables import RAW_EVENTS

_TYPES = {column.name: duckdb_type(column.type) for column in RAW_EVENTS}
_EVENT = (
    "STRUCT(EventType TEXT, AppPackageName TEXT, AppTitle TEXT, AppVersionCode TEXT,"
    " ClientSdkVersion TEXT, SdkName TEXT, Attributes MAP(TEXT, TEXT), Metrics MAP(TEXT, DOUBLE),"
    ' "Session" STRUCT(Id TEXT, Duration BIGINT))'
)
# The columns of each table of the store as members of a JSON document.
_TABLES = {
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
# What all events of a request have in common: the store has it once, and so have the files.
_SHARED = {
    "batch": "b.id",
    "application_id": "b.application_id",
    "arrival_timestamp": "b.arrival_timestamp",
    "request_id": "b.request_id",
    "day": "strftime(epoch_ms(b.arrival_timestamp), '%Y-%m-%d')",
    "client": "s.members.client",
    "device": "s.members.device",
    "endpoint": "struct_update(s.members.endpoint, effectivedate := b.effective_date,"
    " requestid := CASE b.updated_by WHEN '' THEN b.request_id ELSE b.updated_by END)",
}
# The other columns, as views.sql and putevents.wire.event_record say it.
_OWN = {
    "event_type": "e.event.EventType",
    "event_timestamp": "e.event_timestamp",
    "event_version": "'3.0'",
    "event_id": "e.event_id",
    "application": "{app_id: b.application_id, package_name: e.event.AppPackageName,"
    " sdk: {name: e.event.SdkName, version: e.event.ClientSdkVersion},"
    " title: e.event.AppTitle, version_name: b.endpoint.demographic.appversion,"
    " version_code: e.event.AppVersionCode, cognito_identity_pool_id: NULL}",
    "session": "{session_id: e.event.Session.Id, start_timestamp: e.session_start,"
    " stop_timestamp: e.session_stop, duration: e.event.Session.Duration}",
    "attributes": "coalesce(e.event.Attributes, MAP {})",
    "metrics": "coalesce(e.event.Metrics, MAP {})",
}
# What `documents` fills: events as they stand in the store, what they share, and whole rows.
OWN_ROWS, SHARED_ROWS, ROWS = "batch_events", "new_shared_rows", "new_rows"
_ROW_TYPES = {column.name: duckdb_type(column.type) for column in TABLES["raw_events"]}
COLUMN_TYPES = ", ".join(["id BIGINT", *(f"{quoted(n)} {t}" for n, t in _ROW_TYPES.items())])
_COLUMNS = ", ".join(
    f"CAST({_OWN.get(name, f'b.{name}')} AS {type_}) AS {quoted(name)}"
    for name, type_ in _ROW_TYPES.items()
)
_SHARED_COLUMNS = ", ".join(
    f"CAST({value} AS {_ROW_TYPES.get(name, 'BIGINT')}) AS {quoted(name)}"
    for name, value in _SHARED.items()
)
MAKE_ROWS = f"""
CREATE OR REPLACE TEMP VIEW {SHARED_ROWS} AS SELECT {_SHARED_COLUMNS}
    FROM batches AS b JOIN endpoint_snapshots AS s ON s.id = b.snapshot;
CREATE OR REPLACE TEMP VIEW {ROWS} AS SELECT e.id, {_COLUMNS}
    FROM {OWN_ROWS} AS e JOIN {SHARED_ROWS} AS b ON b.batch = e.batch;
"""  # noqa: S608 # ours
_READ_AT_ONCE = 250  # events


def rows_of(own: str, shared: str) -> str:
    """A query for the rows of raw_events in files that `COPY` made of the two."""
    both = f"{own} AS e JOIN {shared} AS b ON b.part = e.part AND b.batch = e.batch"
    return f"SELECT {_COLUMNS} FROM {both}"  # noqa: S608 # ours


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
    return {table: folder / f"{table}-{uuid4()}.json" for table in _TABLES}


def _write_shared(
    store: sqlite3.Connection, files: dict[str, Path], condition: str, values: Iterable[Any]
) -> None:
    snapshots = f"SELECT snapshot FROM batches WHERE {condition}"  # noqa: S608 # ours
    conditions = {"batches": condition, "endpoint_snapshots": f"id IN ({snapshots})"}
    for table, where in conditions.items():
        with files[table].open("xb") as file:
            file.writelines(_lines(store, table, where, values))


@contextmanager
def documents(database: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> Iterator[None]:
    """Let the views show the events in the files, which are removed afterwards."""
    for table, file in files.items():
        types = ", ".join(f"{name}: '{type_}'" for name, type_ in _TABLES[table].items())
        # The events are read once, and they are many: as they are read, they are written.
        kind = "VIEW" if table == "batch_events" else "TABLE"
        database.execute(
            f"CREATE OR REPLACE TEMP {kind} {table} AS FROM read_json('{file}',"
            f" format = 'newline_delimited', columns = {{{types}}})"
        )
    database.execute(MAKE_ROWS)
    yield
    for file in files.values():
        file.unlink()


def _lines(
    store: sqlite3.Connection, table: str, condition: str, values: Iterable[Any]
) -> Iterator[bytes]:
    line = f"CAST({_line(table)} AS BLOB)"
    sql = f"SELECT {line} FROM {table} WHERE {condition} ORDER BY id"  # noqa: S608 # ours
    return (text for (text,) in store.execute(sql, tuple(values)))


def _line(table: str) -> str:
    """A row of the store as one line of JSON; printf is quicker than many `||`."""
    form = ",".join(f'"{name}":%s' for name in _TABLES[table])
    values = ", ".join(_member(name, type_) for name, type_ in _TABLES[table].items())
    return f"printf('{{{form}}}%s', {values}, char(10))"


def _member(name: str, type_: str) -> str:
    if name in _JSON:
        return name
    return f"json_quote({name})" if type_ == "TEXT" else f"coalesce({name}, 'null')"
