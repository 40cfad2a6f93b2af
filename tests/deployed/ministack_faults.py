"""Faults of the emulated AWS, switched on and off over HTTP while it runs.

PUT /_faults with JSON makes the faults these and no others; `[]` ends them:

    [{"service": "firehose", "operation": "PutRecordBatch", "mode": "fail_records", "every": 3,
      "code": "ServiceUnavailableException"}]

mode          what a call of the operation gets
fail_records  every n-th record of the call fails with `code` inside a 200, the others are taken
fail_call     an error `code` with HTTP `status`; nothing is done
lose_answer   it is done, and answered with an error all the same
hang          no answer and nothing done until the faults are set anew, then an error

`every` spares all but each n-th call (or record). `times` limits a fault to so many calls,
`resource` to streams or tables whose name contains it.
GET /_faults tells the same list, each with its `hits`: the calls that it changed.
"""

import asyncio
import json
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

firehose: Any = import_module("ministack.services.firehose")
dynamodb: Any = import_module("ministack.services.dynamodb")
kinesis: Any = import_module("ministack.services.kinesis")
eventbridge: Any = import_module("ministack.services.eventbridge")
responses: Any = import_module("ministack.core.responses")
PATH = "/_faults"
Fault = dict[str, Any]
Call = Callable[[dict[str, Any]], Any]
faults: list[Fault] = []
# What each service calls the parts of a call, their answers, and how many failed.
_PARTS = {
    "firehose": ("Records", "RequestResponses", "FailedPutCount"),
    "kinesis": ("Records", "Records", "FailedRecordCount"),
    "events": ("Entries", "Entries", "FailedEntryCount"),
}
_DEFAULTS = {"code": "InternalFailure", "status": 500, "every": 1, "hits": 0, "calls": 0}


def install() -> None:
    """Stand before the operations of MiniStack that can fail."""
    for operation, call in firehose._HANDLERS.items():
        firehose._HANDLERS[operation] = _faulty("firehose", operation, call)
    for operation in ("UpdateItem", "PutItem", "GetItem", "DeleteItem", "Query", "Scan",
                      "BatchWriteItem", "BatchGetItem", "TransactWriteItems"):  # fmt: skip
        name = "_" + re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        setattr(dynamodb, name, _faulty("dynamodb", operation, getattr(dynamodb, name)))
    kinesis._put_records = _faulty("kinesis", "PutRecords", kinesis._put_records)
    eventbridge._put_events = _faulty("events", "PutEvents", eventbridge._put_events)


def set_faults(body: bytes) -> bytes:
    """Make the faults these; what is in force now."""
    faults[:] = [{**_DEFAULTS, **fault} for fault in json.loads(body or b"[]")]
    return told()


def told() -> bytes:
    """The faults in force, as JSON."""
    return json.dumps(faults).encode()


async def hang(target: str) -> bool:
    """Wait as long as a call of that X-Amz-Target hangs; whether it did."""
    fault = _hanging(target)
    if not fault:
        return False
    fault["hits"] += 1
    while fault in faults:
        await asyncio.sleep(0.05)
    return True


def _hanging(target: str) -> Fault | None:
    for fault in faults:
        service, operation = fault["service"], fault["operation"]
        if fault["mode"] == "hang" and re.fullmatch(rf"{service}_\d+\.{operation}", target, re.I):
            return fault
    return None


def _faulty(service: str, operation: str, call: Call) -> Call:
    def faulty(data: dict[str, Any]) -> Any:
        fault = _find(service, operation, data)
        if not fault:
            return call(data)
        if fault["mode"] == "fail_records":
            fault["hits"] += 1
            return _fail_records(fault, call, data)
        fault["calls"] += 1
        if fault["calls"] % fault["every"]:
            return call(data)
        fault["hits"] += 1
        if fault["mode"] == "lose_answer":
            call(data)
        return responses.error_response_json(fault["code"], "Emulated fault.", fault["status"])

    return faulty


def _find(service: str, operation: str, data: dict[str, Any]) -> Fault | None:
    resource = data.get("DeliveryStreamName") or data.get("TableName") or json.dumps(data)
    for fault in faults:
        if fault["mode"] == "hang":
            continue
        named = (fault["service"], fault["operation"]) == (service, operation)
        spent = fault["hits"] >= fault.get("times", fault["hits"] + 1)
        if named and not spent and fault.get("resource", "") in resource:
            return fault
    return None


def _fail_records(fault: Fault, call: Call, data: dict[str, Any]) -> Any:
    """Let the others through; the answers stay in the order of the records."""
    sent, told, failed_count = _PARTS[fault["service"]]
    failing = {n for n in range(len(data[sent])) if (n + 1) % fault["every"] == 0}
    passed = [record for n, record in enumerate(data[sent]) if n not in failing]
    answers = []
    if passed:
        status, headers, body = call({**data, sent: passed})
        if status != 200:
            return status, headers, body
        answers = json.loads(body)[told]
    failed = {"ErrorCode": fault["code"], "ErrorMessage": "Emulated fault."}
    rest = iter(answers)
    merged = [failed if n in failing else next(rest) for n in range(len(data[sent]))]
    count = sum("ErrorCode" in answer for answer in merged)
    return responses.json_response({failed_count: count, told: merged})
