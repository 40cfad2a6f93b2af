"""Brings a file of an earlier version up to date when it is opened."""

import json
import logging
import sqlite3
from collections.abc import Callable
from itertools import groupby

from pydantic_core import from_json, to_json

from local.endpoint_items import SqliteItems
from local.event_store import Batch, StoredEvent, record_events
from putevents.endpoints.item import USER_ID, flatten, user_attributes
from putevents.endpoints.keys import user_key
from putevents.endpoints.stamps import stamp
from putevents.wire.arrival import Arrival
from putevents.wire.timestamps import milliseconds

log = logging.getLogger("local")
_LATER_COLUMNS = {
    "events": ("request_id TEXT", "record TEXT"),
    "messages": ("hidden_at INTEGER",),
    "endpoint_items": (
        "spelled TEXT NOT NULL DEFAULT ''",
        "owner TEXT NOT NULL DEFAULT ''",
        "deleted TEXT NOT NULL DEFAULT ''",
        "forgotten TEXT NOT NULL DEFAULT ''",
        "spares TEXT NOT NULL DEFAULT ''",
        "expires INTEGER",
    ),
}


def upgrade(connection: sqlite3.Connection) -> None:
    """Add what an earlier version lacks; each step is done once, wholly or not at all."""
    _once(connection, _missing_columns, _add_columns)
    _once(connection, _has_documents, _move_endpoints)
    _once(connection, _has_event_table, _move_events)


def _once(
    connection: sqlite3.Connection,
    is_needed: Callable[[sqlite3.Connection], object],
    change: Callable[[sqlite3.Connection], None],
) -> None:
    if not is_needed(connection):
        return
    with connection:  # commits, or rolls back if that fails
        connection.execute("BEGIN IMMEDIATE")
        if is_needed(connection):  # no other process was quicker
            change(connection)


def _missing_columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    there = {
        (table, row[1])
        for table in _LATER_COLUMNS
        for row in connection.execute(f"PRAGMA table_info({table})")
    }
    if not _has_event_table(connection):
        there |= {("events", "request_id"), ("events", "record")}
    return [
        (table, column)
        for table, columns in _LATER_COLUMNS.items()
        for column in columns
        if (table, column.split()[0]) not in there
    ]


def _add_columns(connection: sqlite3.Connection) -> None:
    for table, column in _missing_columns(connection):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _has_documents(connection: sqlite3.Connection) -> list[object]:
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'endpoints'"
    return connection.execute(sql).fetchall()


def _has_event_table(connection: sqlite3.Connection) -> list[object]:
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'events'"
    return connection.execute(sql).fetchall()


def _move_events(connection: sqlite3.Connection) -> None:
    """Each row held its event three times, and its endpoint."""
    log.info("the store    its events are converted, once: about a minute for each million")
    rows = connection.execute(
        "SELECT application_id, endpoint_id, request_id, arrival_timestamp, record,"
        " event_id, event_type, event_timestamp, event FROM events ORDER BY rowid"
    )
    # Rows of one request stand together.
    for batch, group in groupby(rows, lambda row: _batch(*row[:5])):
        failed = record_events(connection, batch, [_event(*row[5:]) for row in group])
        for error in failed.values():
            raise sqlite3.OperationalError(str(error))
    connection.execute("DROP TABLE events")


def _batch(
    application_id: str, endpoint_id: str, request_id: str | None, arrived: int, record: str | None
) -> Batch:
    shared = (application_id, endpoint_id, request_id, arrived)
    if record is None:
        return Batch(*shared)
    found = from_json(record)
    members = {name: found[name] for name in ("client", "device", "endpoint")}
    date, updated_by = (members["endpoint"].pop(n, None) for n in ("effectivedate", "requestid"))
    return Batch(*shared, to_json(members), date, updated_by)


def _event(event_id: str, event_type: str, timestamp: int, wire: str) -> StoredEvent:
    session = from_json(wire).get("Session", {})
    names = ("StartTimestamp", "StopTimestamp")
    start, stop = (milliseconds(session[name]) if name in session else None for name in names)
    return StoredEvent(event_id, event_type, timestamp, start, stop, wire)


def _move_endpoints(connection: sqlite3.Connection) -> None:
    """Endpoints were JSON documents without stamps, so that every other update is newer."""
    items = SqliteItems(connection)
    rows = connection.execute("SELECT application_id, endpoint_id, endpoint FROM endpoints")
    for application_id, endpoint_id, text in rows.fetchall():
        document = json.loads(text)
        document.pop("CohortId")
        created = milliseconds(document.pop("CreationDate"))
        if not document.get("User", {}).get("UserId", "-"):
            document["User"].pop("UserId")
        members = flatten(document, stamp(Arrival(endpoint_id, 0)))
        shared = user_attributes(members) if USER_ID in members else {}
        own = {name: member for name, member in members.items() if name not in shared}
        items.write(application_id, endpoint_id, own, created)
        if shared:
            key = user_key(str(members[USER_ID].value))
            items.write(application_id, key, shared, created)
    connection.execute("DROP TABLE endpoints")
