"""Answers the calls of the functions in this process, and counts what AWS would bill for them."""

import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from commands.costs import prices
from commands.costs.item_size import item_size

_SET = re.compile(r"(#?\w+) ?= ?(?:if_not_exists\(\w+, )?(:\w+)")


class Body:
    """An answer's bytes as botocore reads them."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        """Yield the bytes."""
        yield self._content


class FakeAws:
    """A table, streams, a bus and a PutEvents server that accept everything."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()  # calls by name, units and bytes
        self._items: dict[str, dict[str, Any]] = {}
        self.largest_item = 0

    def answer_all(self) -> None:
        """Answer the clients that are made from now on."""
        boto3.setup_default_session()
        boto3.DEFAULT_SESSION.events.register("before-send", self._answer)

    def _answer(self, request: Any, event_name: str, **_: Any) -> AWSResponse:
        answer = self.answer(event_name.rpartition(".")[2], request.body)
        return AWSResponse(request.url, 200, HTTPHeaders(), Body(answer))

    def answer(self, operation: str, body: bytes) -> bytes:
        """Return the body of an operation's answer."""
        self.units[operation] += 1
        answers = {
            "BatchGetItem": self._read,
            "UpdateItem": self._write,
            "Query": self._query,
            "PutRecordBatch": self._put,
            "PutEvents": self._take,
            "PutRecords": self._stream,
        }
        return json.dumps(answers[operation](json.loads(body))).encode()

    def _read(self, asked: Any) -> Any:
        [(table, keys)] = asked["RequestItems"].items()
        found = [self._items.get(json.dumps(key)) for key in keys["Keys"]]
        for item in found:
            self.units["read units"] += _steps(item_size(item or {}), prices.READ_UNIT)
        return {"Responses": {table: [item for item in found if item]}}

    def _write(self, asked: Any) -> Any:
        """Set what an UpdateItem sets; its condition holds, since nobody else writes."""
        key = json.dumps(asked["Key"])
        before = self._items.get(key, {})
        names = asked.get("ExpressionAttributeNames", {})
        values = asked["ExpressionAttributeValues"]
        sets, _, _ = asked["UpdateExpression"].partition(" ADD ")
        changes = {names.get(n, n): values[v] for n, v in _SET.findall(sets)}
        revision = int(before.get("revision", {"N": "0"})["N"]) + 1
        item = {**asked["Key"], **before, **changes, "revision": {"N": str(revision)}}
        self._items[key] = item
        size = max(item_size(item), item_size(before))
        self.largest_item = max(self.largest_item, size)
        self.units["write units"] += _steps(size, prices.WRITE_UNIT)
        return {"Attributes": before} if before else {}

    @staticmethod
    def _query(_: Any) -> Any:
        return {"Items": []}

    def _put(self, asked: Any) -> Any:
        sizes = [len(b64decode(record["Data"])) for record in asked["Records"]]
        self.units["event bytes"] += sum(sizes)
        step = prices.FIREHOSE_STEP
        self.units["billed bytes"] += sum(_steps(size, step) * step for size in sizes)
        return {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"} for _ in sizes]}

    def _stream(self, asked: Any) -> Any:
        sizes = [len(b64decode(record["Data"])) for record in asked["Records"]]
        self.units["streamed bytes"] += sum(sizes)
        step = prices.KINESIS_STEP
        self.units["streamed bytes as billed"] += sum(_steps(size, step) * step for size in sizes)
        return {"FailedRecordCount": 0, "Records": [{"SequenceNumber": "1"} for _ in sizes]}

    def _bus(self, entries: Any) -> Any:
        self.units["PutEvents of a bus"] += 1
        sizes = [len(entry["Detail"].encode()) for entry in entries]
        self.units["bus events"] += sum(_steps(size, prices.BUS_STEP) for size in sizes)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}

    def _take(self, asked: Any) -> Any:
        if "Entries" in asked:  # EventBridge's call has the name of Pinpoint's
            self.units["PutEvents"] -= 1
            return self._bus(asked["Entries"])
        accepted = {"StatusCode": 202, "Message": "Accepted"}
        return {
            "Results": {
                id_: {
                    "EndpointItemResponse": accepted,
                    "EventsItemResponse": dict.fromkeys(batch["Events"], accepted),
                }
                for id_, batch in asked["BatchItem"].items()
            }
        }


def _steps(size: int, step: int) -> int:
    return max(1, -(-size // step))
