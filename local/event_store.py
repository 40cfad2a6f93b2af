"""The events in the SQLite file: accepted ones once, rejected ones each time they came."""

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, Self

from local.savepoint import savepoint
from putevents.endpoints.store import StoreError
from putevents.wire.rejected_record import RejectedRecord
from putevents.wire.schemas import Event
from putevents.wire.timestamps import milliseconds

DIGEST_BYTES = 16
_INSERT_EVENT = (
    "INSERT INTO batch_events (batch, event_id, event_timestamp, session_start, session_stop,"
    " event, identity) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)


class Batch(NamedTuple):
    """What the events of one endpoint in one request share."""

    application_id: str
    endpoint_id: str
    request_id: str | None
    arrival_timestamp: int
    snapshot: bytes | None  # of putevents.wire.event_record.endpoint_part


class StoredEvent(NamedTuple):
    """An event as its row holds it; the times are Unix time in ms."""

    event_id: str
    event_type: str
    timestamp: int
    session_start: int | None
    session_stop: int | None
    wire: str

    @classmethod
    def of(cls, event_id: str, event: Event) -> Self:
        """The row of an event that came in."""
        session = event.session
        stop = session and session.stop_timestamp
        return cls(
            event_id,
            event.event_type,
            milliseconds(event.timestamp),
            milliseconds(session.start_timestamp) if session else None,
            milliseconds(stop) if stop else None,
            event.wire.decode(),
        )


def record_events(
    connection: sqlite3.Connection, batch: Batch, events: list[StoredEvent]
) -> dict[str, StoreError]:
    """Store each event once, however often a client sends it again; return those that failed."""
    if not events:
        return {}
    try:
        with savepoint(connection):
            _add(connection, batch, events)
    except StoreError as error:
        if len(events) == 1:
            return {events[0].event_id: error}
    else:
        return {}
    # One of them cannot be written: the others can.
    failed: dict[str, StoreError] = {}
    for event in events:
        failed |= record_events(connection, batch, [event])
    return failed


def _add(connection: sqlite3.Connection, batch: Batch, events: list[StoredEvent]) -> None:
    number = _add_batch(connection, batch)
    rows = [(number, *_row(batch, event)) for event in events]
    added = connection.executemany(_INSERT_EVENT, rows).rowcount
    if not added:  # all of them are sent again
        connection.execute("DELETE FROM batches WHERE id = ?", (number,))


def _add_batch(connection: sqlite3.Connection, batch: Batch) -> int:
    snapshot = _snapshot(connection, batch.snapshot) if batch.snapshot else None
    cursor = connection.execute(
        "INSERT INTO batches (application_id, endpoint_id, request_id, arrival_timestamp, snapshot)"
        " VALUES (?, ?, ?, ?, ?)",
        (*batch[:4], snapshot),
    )
    return cursor.lastrowid or 0


def _snapshot(connection: sqlite3.Connection, members: bytes) -> int:
    digest = blake2b(members, digest_size=DIGEST_BYTES).digest()
    sql = "SELECT id FROM endpoint_snapshots WHERE digest = ?"
    found = connection.execute(sql, (digest,)).fetchone()
    if found:
        return int(found[0])
    cursor = connection.execute(
        "INSERT INTO endpoint_snapshots (members, digest) VALUES (?, ?)",
        (members.decode(), digest),
    )
    return cursor.lastrowid or 0


def _row(batch: Batch, event: StoredEvent) -> tuple[object, ...]:
    # What makes an event the same: with lengths, so that no other parts give the same text.
    moment = str(event.timestamp)
    parts = (batch.application_id, batch.endpoint_id, event.event_id, event.event_type, moment)
    identity = "".join(f"{len(part)}:{part}" for part in parts).encode()
    digest = blake2b(identity, digest_size=DIGEST_BYTES).digest()
    return (event.event_id, *event[2:], digest)


def record_rejected(connection: sqlite3.Connection, rows: Iterable[RejectedRecord]) -> None:
    """Store the parts that broke a rule."""
    connection.executemany(
        "INSERT INTO rejected_events VALUES (:application_id, :endpoint_id, :event_id,"
        " :arrival_timestamp, :request_id, :rule, :message, :event)",
        ({"event_id": None, **row} for row in rows),
    )
