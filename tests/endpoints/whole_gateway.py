"""A whole gateway over either destination in this process: its doors, its queue, its records."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.destinations.lake.destination import LakeDestination
from putevents.endpoints.table import EndpointTable
from putevents.queue.messages import NewMessage, Rest, attributes, valid_pieces
from putevents.time_left import TimeLeft
from putevents.wire.schemas import ValidBatch
from tests.endpoints.counted_table import items_of
from tests.endpoints.memory_table import MemoryTable
from tests.unit.doors import Doors, FakeQueue, sqs_record


class MemoryStreams:
    """Firehose's one call; `is_down` lets it fail."""

    def __init__(self) -> None:
        self.is_down, self.records = False, list[Any]()

    def put_record_batch(self, **call: Any) -> Any:
        """Take records."""
        if self.is_down:
            raise OSError
        lines = [line for record in call["Records"] for line in record["Data"].splitlines()]
        self.records += map(json.loads, lines)
        return {"RequestResponses": [{"RecordId": "1"}] * len(call["Records"])}


class MemoryQueue(FakeQueue):
    """Holds what the retry queue would send, as messages of the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[NewMessage] = []

    def queue(
        self, rests: Sequence[Rest], time_left: TimeLeft
    ) -> list[list[dict[str, ValidBatch]]]:
        """Make messages of what is left."""
        if self.broken:
            return [[rest.batch_item] for rest in rests]
        for rest in rests:
            for _, body in valid_pieces(rest.application_id, rest.batch_item):
                along = attributes(rest.arrival, rest.attempt, destinations=rest.destinations)
                self.messages.append(NewMessage(body, along))
        return [[] for _ in rests]


class WholeGateway:
    """The doors of a gateway whose destination is `lake` or `local`."""

    def __init__(
        self, kind: str, folder: Path, table: MemoryTable | None = None, **changes: str
    ) -> None:
        self._table = table or MemoryTable()
        self.streams, self.database = MemoryStreams(), Database(folder / FILE)
        self.queue, self.destination = MemoryQueue(), self._destination(kind)
        changes = {"ENDPOINT_READS": "true", **changes}
        self.doors = Doors(self.destination, self.queue, **changes)

    def _destination(self, kind: str) -> Any:
        if kind == "local":
            return LocalDestination(self.database)
        lake, client = LakeDestination(), self.streams
        lake._endpoints = EndpointTable(items_of(self._table))
        streams: Any = lake._streams
        streams._client = client
        return lake

    def put(self, **batch_item: Any) -> Any:
        """PutEvents; the results."""
        return self.doors.put_events({"BatchItem": batch_item})

    def call(self, method: str, path: str, body: Any = "") -> tuple[int, Any]:
        """Any other call about the application."""
        return self.doors.call(method, f"/v1/apps/my-app/{path}", body)

    def redeliver(self) -> list[str]:
        """Bring what is queued to the queue door; the bodies."""
        messages, self.queue.messages = self.queue.messages, []
        for number, message in enumerate(messages):
            told: Any = {name: found["StringValue"] for name, found in message.attributes.items()}
            record = sqs_record(message.body, f"m{number}", **told)
            record["attributes"]["SentTimestamp"] = told["ArrivalTimestamp"]
            assert self.doors.stay(record) == []
        return [message.body for message in messages]

    def records(self) -> list[Any]:
        """The events that were stored."""
        with self.database.transaction() as connection:
            rows = connection.execute("SELECT record FROM events ORDER BY rowid").fetchall()
        return self.streams.records + [json.loads(record) for (record,) in rows]
