"""Destination `lake`: events by Firehose to Parquet in S3, endpoints in DynamoDB."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic_core import to_json

from putevents.destinations.by_part import answer_of
from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.destinations.lake.firehose import MAX_RECORD_BYTES, DeliveryStreams
from putevents.endpoints.store import StoreError
from putevents.endpoints.table import EndpointTable, Stored, updates_of
from putevents.errors import DestinationError
from putevents.observability import logger
from putevents.settings import LakeSettings
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.event_record import MAX_WRITTEN_BYTES, event_records
from putevents.wire.rejected_record import RejectedPart, rejected_record
from putevents.wire.rules import LARGE_EVENT
from putevents.wire.schemas import (
    EndpointResponse,
    EventItemResponse,
    StoredItemResponse,
    ValidBatch,
)

_TOO_LARGE: EventItemResponse = {"StatusCode": 400, "Message": LARGE_EVENT.message}
EventKey = tuple[str, str]  # an endpoint's id and an event's


class LakeDestination:
    """Brings the endpoints up to date, then stores each event with its endpoint as it is now."""

    takes_endpoints, tells_endpoints, keeps_rejected = True, True, True

    def __init__(self) -> None:
        settings = LakeSettings.load()
        self._streams = DeliveryStreams()
        self._stream_prefix = settings.event_stream_prefix
        self._rejected_stream = settings.rejected_stream
        self._endpoints = EndpointTable(DynamoDBItems(settings.endpoint_table))

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, StoredItemResponse]:
        """Deliver; see Destination. The events of an endpoint that was not stored wait with it."""
        updates = updates_of(batch_item)
        stored = self._done(
            self._endpoints.update(application_id, updates, arrivals, time_left), "update_endpoint"
        )
        waiting = {i: b.stored for i, b in batch_item.items() if b.stored and i not in updates}
        stored |= self._done(
            self._endpoints.waited(application_id, waiting, arrivals, time_left), "read_endpoint"
        )
        answers: dict[str, StoredItemResponse] = {
            id_: now.response(batch_item[id_]) for id_, now in stored.items()
        }

        def documents() -> Iterator[tuple[EventKey, bytes]]:
            written = 0
            for id_, answer in answers.items():
                if stored[id_].is_forbidden:
                    continue
                endpoint, events = answer["Stored"], batch_item[id_].events
                if stored[id_].is_forgotten:
                    answer["Forgotten"] = True
                    answer["EventsItemResponse"] = dict.fromkeys(events, ACCEPTED)
                    continue
                for event_id, record in event_records(
                    application_id, id_, endpoint, events, arrivals[id_]
                ):
                    written += len(record)
                    if written > MAX_WRITTEN_BYTES:
                        return  # what is left is not answered, so it is queued
                    if len(record) < MAX_RECORD_BYTES:
                        yield (id_, event_id), record
                    else:  # with the endpoint in it, it outgrows what Firehose takes
                        answers[id_]["EventsItemResponse"][event_id] = _TOO_LARGE

        stream = self._stream_prefix + application_id
        for (id_, event_id), error in self._streams.put(stream, documents(), time_left):
            answers[id_]["EventsItemResponse"][event_id] = answer_of(error)
        return answers

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        """Write them where the table rejected_events finds them; whether Firehose has them all."""
        documents = [
            (number, to_json(rejected_record(application_id, part, arrival)))
            for number, part in enumerate(rejected)
        ]
        told = list(self._streams.put(self._rejected_stream, documents, time_left))
        return len(told) == len(rejected) and not any(error for _, error in told)

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Which endpoints were forgotten since then; see Home."""
        with _asked():
            return self._endpoints.forgotten(application_id, waiting, arrivals, time_left)

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """The endpoint as it is stored, or None."""
        with _asked():
            return next(iter(self._endpoints.get(application_id, [endpoint_id])), None)

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint; what it was, or None."""
        with _asked():
            return self._endpoints.delete(application_id, endpoint_id)

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        with _asked():
            return self._endpoints.of_user(application_id, user_id)

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete a user and the user's endpoints; what these were."""
        with _asked():
            return self._endpoints.delete_user(application_id, user_id)

    def _done(
        self, told: tuple[dict[str, Stored], list[StoreError]], call: str
    ) -> dict[str, Stored]:
        """What was done of a call; what failed of it is logged."""
        stored, failures = told
        for kind, count in Counter(map(_kind, failures)).items():
            logger.warning(f"{call} failed", error=kind, calls=count)
        return stored


@contextmanager
def _asked() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise DestinationError(error.kind) from error


def _kind(failure: Exception) -> str:
    return failure.kind if isinstance(failure, StoreError) else type(failure).__name__
