"""Switches the faults of the emulated AWS on and off; `ministack_faults.py` says what they do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

from tests.deployed.emulator import Emulator

Fault = dict[str, Any]


class Faults:
    """The faults of one emulator; whatever a test switches on, `during` switches off."""

    def __init__(self, emulator: Emulator) -> None:
        self._port = emulator.port

    @contextmanager
    def during(self, *faults: Fault) -> Iterator["Faults"]:
        """These faults and no others, as long as the block lasts."""
        self.set(*faults)
        try:
            yield self
        finally:
            self.set()

    def set(self, *faults: Fault) -> None:
        """These faults and no others from now on."""
        self._ask("PUT", json.dumps(faults))

    def hits(self) -> list[int]:
        """How many calls each of them changed so far, in the order in which they were given."""
        return [fault["hits"] for fault in self._ask("GET")]

    def _ask(self, method: str, body: str | None = None) -> list[Fault]:
        connection = HTTPConnection("localhost", self._port, timeout=10)
        try:
            connection.request(method, "/_faults", body)
            answer: list[Fault] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()


def fail_records(every: int, *, code: str = "ServiceUnavailableException", **more: Any) -> Fault:
    """Firehose fails every n-th record of a batch inside a 200; InternalFailure is the other code.

    `resource`: only of streams with this in the name; `times`: only that many calls.
    """
    fault = {"service": "firehose", "operation": "PutRecordBatch", "mode": "fail_records"}
    return {**fault, "every": every, "code": code, **more}


def firehose_down(operation: str = "PutRecordBatch", **more: Any) -> Fault:
    """Firehose answers whole calls with 503, which is how it throttles, too."""
    return _fail_call("firehose", operation, "ServiceUnavailableException", 503, more)


def kinesis_down(**more: Any) -> Fault:
    """Kinesis answers whole calls with 500."""
    return _fail_call("kinesis", "PutRecords", "InternalFailure", 500, more)


def throttle_records(every: int, **more: Any) -> Fault:
    """Kinesis fails every n-th record of a call inside a 200: its shard is full."""
    code = "ProvisionedThroughputExceededException"
    fault = {"service": "kinesis", "operation": "PutRecords", "mode": "fail_records", "code": code}
    return {**fault, "every": every, **more}


def bus_throttled(every: int, **more: Any) -> Fault:
    """EventBridge fails every n-th entry of a call inside a 200."""
    fault = {"service": "events", "operation": "PutEvents", "mode": "fail_records"}
    return {**fault, "code": "ThrottlingException", "every": every, **more}


def bus_down(**more: Any) -> Fault:
    """EventBridge answers whole calls with 500."""
    return _fail_call("events", "PutEvents", "InternalException", 500, more)


def dynamodb_throttled(operation: str = "UpdateItem", **more: Any) -> Fault:
    """The table has no capacity left; `code="ThrottlingException"` is the account's limit."""
    return _fail_call("dynamodb", operation, "ProvisionedThroughputExceededException", 400, more)


def dynamodb_down(operation: str = "UpdateItem", **more: Any) -> Fault:
    """DynamoDB answers with 500."""
    return _fail_call("dynamodb", operation, "InternalServerError", 500, more)


def hanging(service: str, operation: str) -> Fault:
    """Calls get no answer until the faults are set anew."""
    return {"service": service, "operation": operation, "mode": "hang"}


def lose_answer(service: str, operation: str, **more: Any) -> Fault:
    """The call is carried out, and its caller hears of an error."""
    return _fail_call(service, operation, "InternalFailure", 500, {"mode": "lose_answer", **more})


def _fail_call(service: str, operation: str, code: str, status: int, more: dict[str, Any]) -> Fault:
    fault = {"service": service, "operation": operation, "mode": "fail_call"}
    return {**fault, "code": code, "status": status, **more}
