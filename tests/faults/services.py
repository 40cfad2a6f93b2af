"""AWS's services behind `lake`, `stream` and `bus`, as the world answers their clients."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from tests.endpoints.memory_table import MemoryTable
from tests.faults.edges import Call, Ending
from tests.faults.ledger import Key
from tests.faults.world import World, action_of

REJECTED_STREAM = "rejected"
ENVIRONMENT = {
    "ENDPOINT_TABLE": "endpoints",
    "EVENT_STREAM_PREFIX": "events-",
    "REJECTED_STREAM": REJECTED_STREAM,
    "KINESIS_STREAM_ARN": "arn:aws:kinesis:us-east-1:123456789012:stream/events",
    "EVENT_BUS_ARN": "arn:aws:events:us-east-1:123456789012:event-bus/events",
    "BUS_EVENT_TYPES": "*",
}


class PartService(NamedTuple):
    """A service that takes parts: where they stand in a call, and what answers them."""

    parts: str
    answers: str
    failed: str
    proof: str
    documents: Callable[[Any], list[bytes]]  # of a part

    def asked(self, name: str, world: World) -> Callable[[Any], Ending]:
        """What answers for the destination of this name."""

        def ask(request: Any) -> Ending:
            asked = json.loads(request.body)
            is_rejected = asked.get("DeliveryStreamName") == REJECTED_STREAM
            store = world.rejected if is_rejected else world.has[name]
            parts = [self._keys(part) for part in asked[self.parts]]

            def do(but: set[int]) -> Any:
                _put(store, [keys for number, keys in enumerate(parts) if number not in but])
                return {self.failed: 0, self.answers: [{self.proof: "1"} for _ in parts]}

            return world.faults[name](Call(parts, do, world.chance))

        return ask

    def _keys(self, part: Any) -> list[Key]:
        return [_key(json.loads(document)) for document in self.documents(part)]


SERVICES = {
    "lake": PartService(
        "Records",
        "RequestResponses",
        "FailedPutCount",
        "RecordId",
        lambda record: b64decode(record["Data"]).splitlines(),
    ),
    "stream": PartService(
        "Records",
        "Records",
        "FailedRecordCount",
        "SequenceNumber",
        lambda record: [b64decode(record["Data"])],
    ),
    "bus": PartService(
        "Entries",
        "Entries",
        "FailedEntryCount",
        "EventId",
        lambda entry: [entry["Detail"].encode()],
    ),
}


def table(world: World) -> Callable[[Any], Ending]:
    """What answers for the table of endpoints."""
    held: Any = MemoryTable()
    operations: dict[str, Callable[..., Any]] = {
        "BatchGetItem": held.batch_get_item,
        "UpdateItem": held.update_item,
        "PutItem": held.put_item,
        "DeleteItem": held.delete_item,
        "Query": lambda **call: next(held.paginate(**call)),
    }

    def ask(request: Any) -> Ending:
        operation, asked = operations[action_of(request)], json.loads(request.body)
        refused: list[Ending] = []

        def do(_: set[int]) -> Any:
            try:
                return operation(**asked)
            except ClientError as error:  # its condition does not hold
                told: Any = error.response
                body = {"__type": told["Error"]["Code"], "message": "no", "Item": told["Item"]}
                refused.append((400, json.dumps(body).encode()))
                return body

        ending = world.faults["table"](Call([asked], do, world.chance))
        return refused[-1] if refused else ending

    return ask


def _put(store: Counter[Key], parts: list[list[Key]]) -> None:
    for keys in parts:
        store.update(keys)


def _key(record: Any) -> Key:
    if "event_type" in record:
        return (
            record["application"]["app_id"],
            record["client"]["client_id"],
            record["event_id"],
        )
    return record["application_id"], record["endpoint_id"], record.get("event_id", "")
