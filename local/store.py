"""The destination of a laptop: events and endpoints in one SQLite file."""

import logging
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from local.database import FILE, Database
from local.endpoint_store import EndpointRefusedError, EndpointStore
from local.event_store import record_event, record_rejected
from putevents.errors import DestinationError
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.event_record import event_records
from putevents.wire.rejected_record import RejectedPart, rejected_record
from putevents.wire.schemas import (
    EndpointResponse,
    ItemResponse,
    PublicEndpoint,
    ValidBatch,
)

log = logging.getLogger("local")
AnswerT = TypeVar("AnswerT")


class LocalDestination:
    """Keeps all in `DATA_DIR/putevents.db`; nothing is accepted that is not on the disk."""

    keeps_rejected = True

    def __init__(self, database: Database | None = None) -> None:
        self._database = database or Database(Path(os.environ["DATA_DIR"], FILE))

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, ItemResponse]:
        """Store everything in one transaction; what could not be written is answered 500."""
        try:
            with self._database.transaction() as connection:
                return {
                    endpoint_id: _store_batch(
                        connection, application_id, endpoint_id, batch, arrivals[endpoint_id]
                    )
                    for endpoint_id, batch in batch_item.items()
                }
        except sqlite3.Error as error:
            log.error("the store cannot be written: %s", error)
            return {}

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
            with self._database.transaction() as connection:
                record_rejected(connection, rows)
        except sqlite3.Error as error:
            log.error("the store cannot keep what was rejected: %s", error)
            return False
        return True

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        return self._ask(lambda store: store.get(application_id, endpoint_id))

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        return self._ask(lambda store: store.delete(application_id, endpoint_id))

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        return self._ask(lambda store: store.of_user(application_id, user_id))

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete the endpoints of a user; what they were."""
        return self._ask(lambda store: store.delete_of_user(application_id, user_id))

    def _ask(self, question: Callable[[EndpointStore], AnswerT]) -> AnswerT:
        try:
            with self._database.transaction() as connection:
                return question(EndpointStore(connection))
        except sqlite3.Error as error:
            log.error("the store cannot be asked: %s", error)
            raise DestinationError(str(error)) from error


def _store_batch(
    connection: sqlite3.Connection,
    application_id: str,
    endpoint_id: str,
    batch: ValidBatch,
    arrival: Arrival,
) -> ItemResponse:
    owner = (application_id, endpoint_id)
    store = EndpointStore(connection)
    answer = _attempt(connection, store.upsert, *owner, batch.endpoint or PublicEndpoint())
    # An endpoint that was refused as a new one has an id, and events all the same.
    unknown: EndpointResponse = {"ApplicationId": application_id, "Id": endpoint_id}
    endpoint = store.get(*owner) or unknown
    return {
        "EndpointItemResponse": answer,
        "EventsItemResponse": {
            event_id: _attempt(
                connection, record_event, connection, *owner, event_id, event, record, arrival
            )
            for (event_id, record), event in zip(
                event_records(*owner, endpoint, batch.events, arrival),
                batch.events.values(),
                strict=True,
            )
        },
    }


def _attempt(connection: sqlite3.Connection, write: Callable[..., None], *values: Any) -> Any:
    """Write one item, wholly or not at all; its answer."""
    connection.execute("SAVEPOINT item")
    try:
        write(*values)
    except EndpointRefusedError as error:
        answer = {"StatusCode": 400, "Message": str(error)}
    except (sqlite3.Error, UnicodeError) as error:
        if not connection.in_transaction:
            raise  # SQLite gave the whole transaction up, as it does when the disk is full
        log.error("the store cannot write one item: %s", error)
        answer = {"StatusCode": 500, "Message": "The local store could not write it."}
    else:
        connection.execute("RELEASE item")
        return ACCEPTED
    connection.execute("ROLLBACK TO item")
    connection.execute("RELEASE item")
    return answer
