"""Rows of raw_events out of the store: SQLite gives JSON, DuckDB makes columns of it."""

import sqlite3
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
# As views.sql and putevents.wire.event_record say it.
_VALUES = {
    "event_type": "e.event.EventType",
    "event_timestamp": "e.event_timestamp",
    "arrival_timestamp": "b.arrival_timestamp",
    "event_version": "'3.0'",
    "event_id": "e.event_id",
    "request_id": "b.request_id",
    "application": "{app_id: b.application_id, package_name: e.event.AppPackageName,"
    " sdk: {name: e.event.SdkName, version: e.event.ClientSdkVersion},"
    " title: e.event.AppTitle, version_name: s.members.endpoint.demographic.appversion,"
    " version_code: e.event.AppVersionCode, cognito_identity_pool_id: NULL}",
    "client": "s.members.client",
    "device": "s.members.device",
    "session": "{session_id: e.event.Session.Id, start_timestamp: e.session_start,"
    " stop_timestamp: e.session_stop, duration: e.event.Session.Duration}",
    "attributes": "coalesce(e.event.Attributes, MAP {})",
    "metrics": "coalesce(e.event.Metrics, MAP {})",
    "endpoint": "struct_update(s.members.endpoint, effectivedate := b.effective_date,"
    " requestid := CASE b.updated_by WHEN '' THEN b.request_id ELSE b.updated_by END)",
    "application_id": "b.application_id",
    "day": "strftime(epoch_ms(b.arrival_timestamp), '%Y-%m-%d')",
}
ROWS = "new_rows"  # the view that `load_documents` fills
COLUMNS = ", ".join(quoted(column.name) for column in TABLES["raw_events"])
_SELECT = ", ".join(
    f"CAST({_VALUES[column.name]} AS {duckdb_type(column.type)}) AS {quoted(column.name)}"
    for column in TABLES["raw_events"]
)
MAKE_ROWS = (
    f"CREATE OR REPLACE TEMP VIEW {ROWS} AS SELECT e.id, {_SELECT} FROM batch_events AS e"  # noqa: S608 # ours
    " JOIN batches AS b ON b.id = e.batch"
    " JOIN endpoint_snapshots AS s ON s.id = b.snapshot"
)


def write_documents(
    store: sqlite3.Connection, folder: Path, condition: str, *values: Any
) -> dict[str, Path]:
    """Write the events that a condition selects as text into files, one for each table."""
    events = f"SELECT batch FROM batch_events WHERE {condition}"  # noqa: S608 # ours
    batches = f"SELECT snapshot FROM batches WHERE id IN ({events})"  # noqa: S608 # ours
    conditions = {
        "batch_events": condition,
        "batches": f"id IN ({events})",
        "endpoint_snapshots": f"id IN ({batches})",
    }
    files = {}
    for table, where in conditions.items():
        sql = f"SELECT {_document(table)} FROM {table} WHERE {where} ORDER BY id"  # noqa: S608 # ours
        files[table] = folder / f"{table}-{uuid4()}.json"
        with files[table].open("xb") as file:
            file.writelines(line for (line,) in store.execute(sql, values))
    return files


def load_documents(database: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> None:
    """Let `ROWS` show the events in the files, with their ids in front, and remove the files."""
    for table, file in files.items():
        types = ", ".join(f"{name}: '{type_}'" for name, type_ in _TABLES[table].items())
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS FROM read_json('{file}',"
            f" format = 'newline_delimited', columns = {{{types}}})"
        )
        file.unlink()
    database.execute(MAKE_ROWS)


def _document(table: str) -> str:
    """A row of the store as one line of JSON, in bytes; printf is quicker than many `||`."""
    form = ",".join(f'"{name}":%s' for name in _TABLES[table])
    values = ", ".join(_member(name, type_) for name, type_ in _TABLES[table].items())
    return f"CAST(printf('{{{form}}}%s', {values}, char(10)) AS BLOB)"


def _member(name: str, type_: str) -> str:
    if name in _JSON:
        return name
    return f"json_quote({name})" if type_ == "TEXT" else f"coalesce({name}, 'null')"
