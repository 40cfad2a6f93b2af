"""Rows of raw_events out of text of the store: what DuckDB makes of it, and reads in the copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import duckdb

from commands.sql.dialect import duckdb_type, quoted
from commands.sql.event_text import STORED
from commands.sql.file_names import path_text, to_read
from commands.sql.lake_views import TABLES

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
# Of how the files of the copy are made.
VERSION = blake2b(f"{STORED}{MAKE_ROWS}".encode(), digest_size=4).hexdigest()


def rows_of(own: str, shared: str) -> str:
    """A query for the rows of raw_events in files that `COPY` made of the two."""
    both = f"{own} AS e JOIN {shared} AS b ON b.part = e.part AND b.batch = e.batch"
    return f"SELECT {_COLUMNS} FROM {both}"  # noqa: S608 # ours


@contextmanager
def documents(database: duckdb.DuckDBPyConnection, files: dict[str, Path]) -> Iterator[None]:
    """Let the views show the events in the files, which are removed afterwards."""
    for table, file in files.items():
        name = path_text(to_read(file))
        types = ", ".join(f"{column}: '{type_}'" for column, type_ in STORED[table].items())
        # The events are read once, and they are many: as they are read, they are written.
        kind = "VIEW" if table == "batch_events" else "TABLE"
        database.execute(
            f"CREATE OR REPLACE TEMP {kind} {table} AS FROM read_json({name},"
            f" format = 'newline_delimited', columns = {{{types}}})"
        )
    database.execute(MAKE_ROWS)
    yield
    for file in files.values():
        file.unlink()
