"""API Gateway events and SQS records around a body, in encodings of clients and of attackers."""

import gzip
import zlib
from base64 import b64encode
from binascii import crc32
from typing import Any, NamedTuple
from urllib.parse import quote

from tests.fuzz.choices import Choices

MAX_REQUEST_BYTES = 4 * 1024 * 1024  # docs/spec.md
_BOMB = gzip.compress(b"[" * (MAX_REQUEST_BYTES + 100_000), 9)
_HEADERS: list[Any] = [
    {}, None, {"Content-Encoding": "gzip"}, {"content-encoding": "br"}, {"Content-Encoding": ""},
    {"Origin": "https://app.example.com"}, {"origin": "https://evil.example"}, {"Origin": ""},
    {"X-PutEvents-Arrivals": "1,2"}, {"X-Amzn-Trace-Id": "Root=1;;;=,"},
    {"Content-Type": "\u00ff;;="},
    {"Accept-Encoding": "gzip"}, {"": ""}, {"Authorization": "x" * 8000},
]  # fmt: skip
_NUMBERS = [
    "1",
    "0",
    "-1",
    "",
    "x",
    "1e9",
    "9" * 15,
    "9" * 400,
    "\uff11",
    "\u0661",
    " 1",
    "1764054000001",
]


class Body(NamedTuple):
    """A body as API Gateway hands it over; `text` is what a right reader reads, None if nothing."""

    data: str | None
    is_base64: bool
    text: str | None


def encoded(text: str, choices: Choices) -> Body:
    """Return a text as a client may send it, mostly well."""
    kind = choices.below(24)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return Body(text, False, None)
    if kind == 1:
        return Body(text, False, text)
    if kind == 2:
        data = gzip.compress(data, 1, mtime=0)
    elif kind == 3:
        middle = len(data) // 2
        data = gzip.compress(data[:middle], 1, mtime=0) + gzip.compress(data[middle:], 1, mtime=0)
    elif kind == 4:
        data = b"\xef\xbb\xbf" + data
    elif kind == 5:
        data = _broken(data, choices)
    elif kind == 6:
        return Body(choices.pick([None, "", "=", "a", "é", "====", "AA=A"]), True, None)
    return of_bytes(data)


def of_bytes(data: bytes) -> Body:
    """Return bytes as they come with binary media types on."""
    return Body(b64encode(data).decode(), True, _text(data))


def _broken(data: bytes, choices: Choices) -> bytes:
    kind, packed = choices.below(8), gzip.compress(data, 1, mtime=0)
    return [
        packed[: len(packed) // 2],
        packed[:-8] + b"\0" * 8,
        packed + b"garbage",
        _BOMB,
        data.decode().encode("utf-16"),
        data + b"\xff",
        zlib.compress(data),
        _BOMB[:1000],
    ][kind]


def _text(data: bytes) -> str | None:
    try:
        if data.startswith(b"\x1f\x8b"):
            data = gzip.decompress(data)
        return data.decode()
    except (ValueError, EOFError, OSError, zlib.error):
        return None


def api_event(method: str, path: str, body: Body, choices: Choices) -> dict[str, Any]:
    """Return a REST proxy event of API Gateway (payload version 1)."""
    headers = choices.pick(_HEADERS)
    resource, parameters = "/{proxy+}", choices.pick([None, {"proxy": path.lstrip("/")}])
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": headers and {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "requestId": "request-1",
            "stage": "v1",
            "path": path,
            "requestTimeEpoch": choices.pick([1_764_054_000_123, 0, None, 10**20]),
        },
        "body": body.data,
        "isBase64Encoded": body.is_base64,
    }


def segment(text: str) -> str:
    """Return a text as a segment of a path."""
    return quote(text, safe="", errors="surrogatepass")


def sqs_record(text: str, place: int, choices: Choices) -> dict[str, Any]:
    """Return a record of an event source mapping, with attributes that any producer may write."""
    attributes: dict[str, Any] = {}
    for name in ("Attempt", "RequestId", "ArrivalTimestamp", "QueuedTimestamp", "Reason"):
        if choices.rarely(4):
            attributes[name] = {"stringValue": choices.pick(_NUMBERS), "dataType": "String"}
        elif choices.rarely(16):
            attributes[name] = choices.pick(
                [{"binaryValue": "AA==", "dataType": "Binary"}, {"stringValue": None}]
            )
    return {
        "messageId": f"m{place}",
        "receiptHandle": f"receipt-{place}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": choices.pick(["1", "1", "2", "40", "100000"]),
            "SentTimestamp": choices.pick(["1764054000001", "1764054000001", "0"]),
        },
        "messageAttributes": attributes,
        "md5OfBody": f"{crc32(text.encode('utf-8', 'replace')):032x}",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:retry",
        "awsRegion": "us-east-1",
    }
