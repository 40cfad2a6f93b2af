"""AWS in memory, behind botocore's connections: it counts each request of whatever client."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session

from tests.endpoints.memory_table import MemoryTable
from tests.upstream import accept_all


class CountedAws:
    """`calls` are by service and operation, and so is what is `down`, which answers 500."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.down: set[str] = set()
        self._table, self._lock = MemoryTable(), Lock()

    def send(self, request: Any) -> AWSResponse:
        """Answer a request that botocore has signed."""
        target = request.headers.get("X-Amz-Target", "Pinpoint.PutEvents")
        name = target.decode() if isinstance(target, bytes) else target
        version, _, operation = name.partition(".")
        call = f"{version.partition('_')[0]} {operation}"
        with self._lock:
            self.calls[call] += 1
            is_down = call in self.down
            answer = {} if is_down else self._answer(call, json.loads(request.body))
        status, body = 500 if is_down else 200, json.dumps(answer).encode()
        headers: Any = {}
        return AWSResponse(request.url, status, headers, _Raw(body))

    def _answer(self, call: str, asked: Any) -> Any:
        match call:
            case "Pinpoint PutEvents":
                return accept_all(asked)
            case "DynamoDB BatchGetItem":
                return self._table.batch_get_item(**asked)
            case "DynamoDB UpdateItem":
                return self._table.update_item(**asked)
            case "DynamoDB Query":
                return next(self._table.paginate(**asked))
            case "Firehose PutRecordBatch":
                return {"RequestResponses": [{"RecordId": "1"} for _ in asked["Records"]]}
            case "Kinesis PutRecords":
                return {"Records": [{"SequenceNumber": "1"} for _ in asked["Records"]]}
            case "AWSEvents PutEvents":
                return {"Entries": [{"EventId": "1"} for _ in asked["Entries"]]}
            case "AmazonSQS SendMessage":
                return {"MessageId": "1"}
            case "AmazonSQS SendMessageBatch":
                return {"Successful": [{"Id": entry["Id"]} for entry in asked["Entries"]]}
        raise AssertionError(call)


@contextmanager
def counted_aws() -> Iterator[CountedAws]:
    """AWS for each client of this process, until the block ends."""
    aws = CountedAws()
    with patch.object(URLLib3Session, "send", lambda _, request: aws.send(request)):
        yield aws


class _Raw(BytesIO):
    """A response's body, as botocore reads one."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
