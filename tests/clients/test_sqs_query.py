"""Clients that speak SQS's query protocol, as all did until 2023: boto3 1.28, `aws` 2.9."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.programs import HERE, SQS_QUERY, Program
from tests.local.running_gateway import RunningGateway

BODY = "one\r\ntwo \U0001f6d2"
# By SQS's developer guide: name, type and value, each after its length, ordered by name.
ATTRIBUTES = [
    (b"Count", b"Number", b"\x01", b"3"),
    (b"Raw", b"Binary", b"\x02", b"\x00\xff\r\n"),
    (b"Why", b"String", b"\x01", "line\r\nline <&> \U0001f6d2".encode()),
]
CODE = "AWS.SimpleQueueService."


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def sized(part: bytes) -> bytes:
    return len(part).to_bytes(4) + part


@pytest.fixture(name="aws")
def _aws(program: Path, run: Program) -> Any:
    """`aws sqs`, in a version of each protocol."""
    return lambda *options: run.json(program, "sqs", *options, "--endpoint-url", run.url)


def test_boto3_1_28_sends_receives_hides_and_deletes(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    digests = [
        sized(name) + sized(data_type) + kind + sized(value)
        for name, data_type, kind, value in ATTRIBUTES
    ]
    printed = len(gateway.lines)

    report = run.json(SQS_QUERY, HERE / "python/sqs_query_client.py", app)

    gateway.wait_for("queue  1 taken", printed)
    assert gateway.stored(app) == [("phone", "1", "tap")]
    assert report == {
        "sent": True,
        "body": BODY,
        "attributes": True,
        "md5": [md5(BODY.encode()), md5(b"".join(digests))],
        "receives": ["1", "2"],
        "sent timestamp": True,
        "hidden": [],
        "batch": [["a", "c"], [["b", "InvalidParameterValue", True]]],
        "received": [["a", True], ["c", False]],
        "in flight": "2",
        "changed": [["a"], ["no"]],
        "deleted": [["a", "c"], []],
        "left": [],
        "errors": [
            ["QueueDoesNotExist", f"{CODE}NonExistentQueue"],
            ["InvalidMessageContents", "InvalidMessageContents"],
            ["EmptyBatchRequest", f"{CODE}EmptyBatchRequest"],
            ["UnsupportedOperation", f"{CODE}UnsupportedOperation"],
            ["TooManyEntriesInBatchRequest", f"{CODE}TooManyEntriesInBatchRequest"],
        ],
    }
    assert gateway.wait_for("POST / +200 +SendMessage$", printed)


def test_the_aws_cli_sends_receives_and_deletes(aws: Any, gateway: RunningGateway) -> None:
    url = ("--queue-url", f"{gateway.url}/dead-letters")
    attributes = {"Why": {"DataType": "String", "StringValue": "none"}}

    sent = aws(
        "send-message", *url, "--message-body", BODY, "--message-attributes", json.dumps(attributes)
    )
    [letter] = aws("receive-message", *url, "--message-attribute-names", "All")["Messages"]
    aws("delete-message", *url, "--receipt-handle", letter["ReceiptHandle"])

    assert letter["MessageId"] == sent["MessageId"]
    assert (letter["Body"], letter["MessageAttributes"]) == (BODY, attributes)
    assert letter["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert not aws("receive-message", *url)
