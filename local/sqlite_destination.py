"""The destination of a laptop: events and endpoints in one SQLite file."""

import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from local.database import FILE, Database
from local.endpoint_items import SqliteItems
from local.event_store import Batch, StoredEvent, record_events, record_rejected
from putevents.endpoints.table import EndpointTable, updates_of
from putevents.errors import DestinationError
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.event_record import MAX_WRITTEN_BYTES, endpoint_part
from putevents.wire.rejected_record import RejectedPart, rejected_record
from putevents.wire.schemas import (
    EndpointItemResponse,
    EndpointResponse,
    EventItemResponse,
    StoredItemResponse,
    ValidBatch,
)

log = logging.getLogger("local")
AnswerT = TypeVar("AnswerT")
NOT_WRITTEN = EndpointItemResponse(StatusCode=500, Message="The local store could not write it.")


class LocalDestination:
    """Stores everything in `DATA_DIR/putevents.db`; what it accepts is on the disk."""

    takes_endpoints, tells_endpoints, keeps_rejected = True, True, True

    def __init__(self, database: Database | None = None) -> None:
        self._database = database or Database(Path(os.environ["DATA_DIR"], FILE))

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, StoredItemResponse]:
        """Store everything in one transaction; what could not be written is answered 500."""
        try:
            with self._database.shared_transaction() as connection:
                answers = _deliver(connection, application_id, batch_item, arrivals, time_left)
        except sqlite3.Error as error:
            log.error("the store cannot be written: %s", error)
            return {}
        return answers

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        """Keep all of it or nothing."""
        rows = [rejected_record(application_id, part, arrival) for part in rejected]
        try:
            with self._database.shared_transaction() as connection:
                record_rejected(connection, rows)
        except sqlite3.Error as error:
            log.error("the store cannot keep what was rejected: %s", error)
            return False
        return True

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Which endpoints were forgotten since then; see Home."""
        return self._read(
            lambda table: table.forgotten(application_id, waiting, arrivals, time_left)
        )

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        found = self._read(lambda table: table.get(application_id, [endpoint_id]))
        return found[0] if found else None

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        return self._read(lambda table: table.delete(application_id, endpoint_id))

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        return self._read(lambda table: table.of_user(application_id, user_id))

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete a user and the user's endpoints; what these were."""
        return self._read(lambda table: table.delete_user(application_id, user_id))

    def _read(self, question: Callable[[EndpointTable], AnswerT]) -> AnswerT:
        try:
            with self._database.transaction() as connection:
                return question(EndpointTable(SqliteItems(connection)))
        except sqlite3.Error as error:
            log.error("the store cannot be asked: %s", error)
            raise DestinationError(str(error)) from error


def _deliver(
    connection: sqlite3.Connection,
    application_id: str,
    batch_item: dict[str, ValidBatch],
    arrivals: Arrivals,
    time_left: TimeLeft,
) -> dict[str, StoredItemResponse]:
    table = EndpointTable(SqliteItems(connection))
    updates = updates_of(batch_item)
    stored, failures = table.update(application_id, updates, arrivals, time_left)
    waiting = {id_: b.stored for id_, b in batch_item.items() if b.stored and id_ not in updates}
    waited, failed = table.waited(application_id, waiting, arrivals, time_left)
    failures += failed
    for failure in failures:
        log.error("the store cannot write one endpoint: %s", failure)
    answers: dict[str, StoredItemResponse] = {}
    written = 0
    for id_, batch in batch_item.items():
        if id_ in stored and stored[id_].is_forbidden:
            answers[id_] = stored[id_].response(batch)
            continue
        # The events of an endpoint that could not be written are stored all the same.
        now = stored[id_].endpoint if id_ in stored else None
        found = stored.get(id_) or waited.get(id_)
        endpoint = batch.stored or now or _find(table, application_id, id_)
        answers[id_] = {
            "EndpointItemResponse": stored[id_].answer if id_ in stored else NOT_WRITTEN,
            "EventsItemResponse": {},
            "Stored": endpoint,
        }
        if found and found.is_forgotten:
            answers[id_]["Forgotten"] = True
            answers[id_]["EventsItemResponse"] = dict.fromkeys(batch.events, ACCEPTED)
            continue
        arrival = arrivals[id_]
        # Every update changes these two: what is left is often what is there already.
        stays: EndpointResponse = {**endpoint}
        date, updated_by = stays.pop("EffectiveDate", None), stays.pop("RequestId", None)
        part = endpoint_part(id_, stays)
        events: list[StoredEvent] = []
        for event_id, event in batch.events.items():
            written += len(part) + len(event.wire)
            if written > MAX_WRITTEN_BYTES:
                break  # what is left is not answered, so it is queued
            events.append(StoredEvent.of(event_id, event))
        origin = (application_id, endpoint["Id"], arrival.request_id, arrival.timestamp)
        shared = Batch(*origin, part, date, updated_by)
        answers[id_]["EventsItemResponse"] = _store_events(connection, shared, events)
    return answers


def _find(table: EndpointTable, application_id: str, endpoint_id: str) -> EndpointResponse:
    unknown: EndpointResponse = {"ApplicationId": application_id, "Id": endpoint_id}
    return next(iter(table.get(application_id, [endpoint_id])), unknown)


def _store_events(
    connection: sqlite3.Connection, batch: Batch, events: list[StoredEvent]
) -> dict[str, EventItemResponse]:
    """Store each event, wholly or not at all."""
    failed = record_events(connection, batch, events)
    for error in failed.values():
        log.error("the store cannot write one event: %s", error)
    return {
        event.event_id: NOT_WRITTEN if event.event_id in failed else ACCEPTED for event in events
    }
