"""The events in the SQLite file: what was taken, once; what was rejected, each time it came."""

import json
import sqlite3
from collections.abc import Iterable

from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedRecord
from putevents.wire.schemas import Event, milliseconds


def record_event(
    connection: sqlite3.Connection,
    application_id: str,
    endpoint_id: str,
    event_id: str,
    event: Event,
    record: bytes,
    arrival: Arrival,
) -> None:
    """Keep the event once, however often a client sends it again."""
    wire = event.model_dump(by_alias=True, exclude_none=True)
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
        "attributes": json.dumps(wire.get("Attributes", {})),
        "metrics": json.dumps(wire.get("Metrics", {})),
        "session": json.dumps(wire.get("Session", {})),
        "event": json.dumps(wire),
        "request_id": arrival.request_id,
        "record": record.decode(),
    }
    columns, values = ", ".join(row), ", ".join(f":{column}" for column in row)
    connection.execute(
        f"INSERT INTO events ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING",  # noqa: S608 # our names
        row,
    )


def record_rejected(connection: sqlite3.Connection, rows: Iterable[RejectedRecord]) -> None:
    """Keep what broke a rule."""
    connection.executemany(
        "INSERT INTO rejected_events VALUES (:application_id, :endpoint_id, :event_id,"
        " :arrival_timestamp, :request_id, :rule, :message, :event)",
        ({"event_id": None, **row} for row in rows),
    )
