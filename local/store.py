"""The destination of a laptop: events and endpoints in one SQLite file."""

import json
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.database import FILE, Database
from local.endpoints import Document, merge_endpoint, new_endpoint
from putevents.schemas import Event, EventsBatch, ItemResponse, PublicEndpoint, milliseconds

log = logging.getLogger("local")


class Store:
    """The tables, written inside somebody's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def record_event(
        self, application_id: str, endpoint_id: str, event_id: str, event: Event
    ) -> None:
        """Keep the event once, however often a client sends it again."""
        wire = event.model_dump(by_alias=True, exclude_none=True)
        row = {
            "application_id": application_id,
            "endpoint_id": endpoint_id,
            "event_id": event_id,
            "event_type": event.event_type,
            "event_timestamp": milliseconds(event.timestamp),
            "arrival_timestamp": time.time_ns() // 1_000_000,
            "app_package_name": event.app_package_name,
            "app_title": event.app_title,
            "app_version_code": event.app_version_code,
            "client_sdk_version": event.client_sdk_version,
            "sdk_name": event.sdk_name,
            "attributes": json.dumps(wire.get("Attributes", {})),
            "metrics": json.dumps(wire.get("Metrics", {})),
            "session": json.dumps(wire.get("Session", {})),
            "event": json.dumps(wire),
        }
        self._connection.execute(_insert("events", row) + " ON CONFLICT DO NOTHING", row)

    def endpoint(self, application_id: str, endpoint_id: str) -> Document | None:
        """The endpoint as it is stored, or None."""
        found = self._connection.execute(
            "SELECT endpoint FROM endpoints WHERE application_id = ? AND endpoint_id = ?",
            (application_id, endpoint_id),
        ).fetchone()
        return json.loads(found[0]) if found else None

    def upsert_endpoint(
        self, application_id: str, endpoint_id: str, update: PublicEndpoint
    ) -> None:
        """Change what the update names and keep the rest; `{}` only makes the endpoint exist."""
        sent = update.model_dump(by_alias=True, exclude_none=True)
        stored = self.endpoint(application_id, endpoint_id)
        merged = merge_endpoint(stored or new_endpoint(), sent)
        if merged == stored:
            return
        key = {"application_id": application_id, "endpoint_id": endpoint_id}
        row = {**key, "endpoint": json.dumps(merged)}
        self._connection.execute(
            _insert("endpoints", row)
            + " ON CONFLICT (application_id, endpoint_id) DO UPDATE SET endpoint = :endpoint",
            row,
        )
        if merged.get("Address"):
            self._silence_others({**key, "address": merged["Address"]})

    def _silence_others(self, updated: dict[str, str]) -> None:
        """Messages to an address go through the endpoint that was updated last."""
        self._connection.execute(
            "UPDATE endpoints SET endpoint = json_set(endpoint, '$.EndpointStatus', 'INACTIVE')"
            " WHERE application_id = :application_id AND address = :address"
            " AND endpoint_id <> :endpoint_id",
            updated,
        )


class LocalDestination:
    """Delivers into `DATA_DIR/putevents.db`; nothing is accepted that is not on the disk."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database or Database(Path(os.environ["DATA_DIR"], FILE))

    def deliver(
        self, application_id: str, batch_item: dict[str, EventsBatch]
    ) -> dict[str, ItemResponse]:
        """Store everything in one transaction; what could not be written is answered 500."""
        try:
            with self._database.transaction() as connection:
                store = Store(connection)
                return {
                    endpoint_id: _store_batch(store, application_id, endpoint_id, batch)
                    for endpoint_id, batch in batch_item.items()
                }
        except sqlite3.Error as error:
            log.error("the store cannot be written: %s", error)
            return {}


def _store_batch(
    store: Store, application_id: str, endpoint_id: str, batch: EventsBatch
) -> ItemResponse:
    owner = (application_id, endpoint_id)
    return {
        "EndpointItemResponse": _attempt(store.upsert_endpoint, *owner, batch.endpoint),
        "EventsItemResponse": {
            event_id: _attempt(store.record_event, *owner, event_id, event)
            for event_id, event in batch.events.items()
        },
    }


def _attempt(write: Callable[..., None], *values: Any) -> Any:
    try:
        write(*values)
    except (sqlite3.Error, UnicodeError) as error:
        log.error("the store cannot write one item: %s", error)
        return {"StatusCode": 500, "Message": "The local store could not write it."}
    return {"StatusCode": 202, "Message": "Accepted"}


def _insert(table: str, row: dict[str, Any]) -> str:
    values = ", ".join(f":{column}" for column in row)
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"  # noqa: S608 # our names
