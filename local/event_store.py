"""The events in the SQLite file: accepted ones once, rejected ones each time they came."""

import sqlite3
from collections.abc import Iterable

from pydantic_core import to_json

from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedRecord
from putevents.wire.schemas import Event
from putevents.wire.timestamps import milliseconds

_COLUMNS = (
    "application_id", "endpoint_id", "event_id", "event_type", "event_timestamp",
    "arrival_timestamp", "app_package_name", "app_title", "app_version_code", "client_sdk_version",
    "sdk_name", "attributes", "metrics", "session", "event", "request_id", "record",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO events ({', '.join(_COLUMNS)})"  # noqa: S608 # our names
    f" VALUES ({', '.join(f':{column}' for column in _COLUMNS)}) ON CONFLICT DO NOTHING"
)


def record_event(
    connection: sqlite3.Connection,
    application_id: str,
    endpoint_id: str,
    event_id: str,
    event: Event,
    record: bytes,
    arrival: Arrival,
) -> None:
    """Store the event once, however often a client sends it again."""
    row = {
        "application_id": application_id,
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "event_type": event.event_type,
        "event_timestamp": milliseconds(event.timestamp),
        "arrival_timestamp": arrival.timestamp,
        "app_package_name": event.app_package_name,
        "app_title": event.app_title,
        "app_version_code": event.app_version_code,
        "client_sdk_version": event.client_sdk_version,
        "sdk_name": event.sdk_name,
        "attributes": to_json(event.attributes or {}).decode(),
        "metrics": to_json(event.metrics or {}).decode(),
        "session": event.session.wire.decode() if event.session else "{}",
        "event": event.wire.decode(),
        "request_id": arrival.request_id,
        "record": record.decode(),
    }
    connection.execute(_INSERT, row)


def record_rejected(connection: sqlite3.Connection, rows: Iterable[RejectedRecord]) -> None:
    """Store the parts that broke a rule."""
    connection.executemany(
        "INSERT INTO rejected_events VALUES (:application_id, :endpoint_id, :event_id,"
        " :arrival_timestamp, :request_id, :rule, :message, :event)",
        ({"event_id": None, **row} for row in rows),
    )
