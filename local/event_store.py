"""The events in the SQLite file: accepted ones once, rejected ones each time they came."""

import sqlite3
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain
from typing import NamedTuple, Self

from local.savepoint import savepoint
from putevents.endpoints.store import StoreError
from putevents.wire.rejected_record import RejectedRecord
from putevents.wire.schemas import Event
from putevents.wire.timestamps import milliseconds

DIGEST_BYTES = 16
_MOMENT_BYTES = 6
_MOMENTS = 1 << 8 * _MOMENT_BYTES
# A thread gives the interpreter away at each statement, and waits for it again: a row each made
# that a hundred times a request. SQLite takes 999 values in one at least.
_ROWS_A_STATEMENT = 100


_session_time = lru_cache(1024)(milliseconds)  # all events of a session say the same


class Batch(NamedTuple):
    """What the events of one endpoint in one request share."""

    application_id: str
    endpoint_id: str
    request_id: str | None
    arrival_timestamp: int
    snapshot: bytes | None = None  # of putevents.wire.event_record.endpoint_part
    effective_date: str | None = None
    updated_by: str | None = None


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
            _session_time(session.start_timestamp) if session else None,
            _session_time(stop) if stop else None,
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
    number, owner = _add_batch(connection, batch), _owner(batch)
    rows = [(number, event.event_id, *event[2:], _identity(owner, event)) for event in events]
    added = 0
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        some = rows[start : start + _ROWS_A_STATEMENT]
        added += connection.execute(_insert(len(some)), [*chain(*some)]).rowcount
    if not added:  # all of them are sent again
        connection.execute("DELETE FROM batches WHERE id = ?", (number,))


@cache
def _insert(rows: int) -> str:
    values = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * rows)
    return (
        "INSERT INTO batch_events"  # noqa: S608 # question marks
        " (batch, event_id, event_timestamp, session_start, session_stop, event, identity)"
        f" VALUES {values} ON CONFLICT DO NOTHING"
    )


def _add_batch(connection: sqlite3.Connection, batch: Batch) -> int:
    snapshot = _snapshot(connection, batch.snapshot) if batch.snapshot else None
    updated_by = "" if batch.updated_by == batch.request_id else batch.updated_by
    cursor = connection.execute(
        "INSERT INTO batches (application_id, endpoint_id, request_id, arrival_timestamp, snapshot,"
        " effective_date, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*batch[:4], snapshot, batch.effective_date, updated_by),
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


def _owner(batch: Batch) -> bytes:
    application_id, endpoint_id = batch.application_id, batch.endpoint_id
    # With lengths here and below, so that no other parts give the same text.
    text = f"{len(application_id)}:{application_id}{len(endpoint_id)}:{endpoint_id}"
    return blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()


def _identity(owner: bytes, event: StoredEvent) -> bytes:
    """What is the same for the same event only.

    It begins with the time and the endpoint: an index of hashes alone would be written all over
    the file, a page of it for each event.
    """
    kind, timestamp = event.event_type, event.timestamp
    text = f"{timestamp}:{len(kind)}:{kind}{event.event_id}".encode()
    moment = (timestamp % _MOMENTS).to_bytes(_MOMENT_BYTES)
    return moment + owner[:4] + blake2b(owner + text, digest_size=12).digest()


def record_rejected(connection: sqlite3.Connection, rows: Iterable[RejectedRecord]) -> None:
    """Store the parts that broke a rule."""
    connection.executemany(
        "INSERT INTO rejected_events VALUES (:application_id, :endpoint_id, :event_id,"
        " :arrival_timestamp, :request_id, :rule, :message, :event)",
        ({"event_id": None, **row} for row in rows),
    )
