"""From the body of a request to a model: base64, gzip, JSON, validation."""

import zlib
from base64 import b64decode
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.parser import parse as parse_model
from pydantic import ValidationError

from putevents.errors import BadRequestError, PayloadTooLargeError, UnsupportedEncodingError
from putevents.wire.json_object import read_quickly
from putevents.wire.repeated import part_count
from putevents.wire.rules import MAX_PARTS, TOO_MANY_PARTS, Rejection
from putevents.wire.schemas import MAX_REQUEST_BYTES, Shape, validate_alone

_GZIP_MAGIC = b"\x1f\x8b"
_MAX_MEMBERS = 100  # RFC 1952 allows many; hardly any client sends two, and empty ones cost time
_READ_ENCODINGS = ("", "gzip", "x-gzip", "identity")
ShapeT = TypeVar("ShapeT", bound=Shape)


def read(event: APIGatewayProxyEvent) -> str:
    """Return the body of an API Gateway event as text; see decode.

    Raises UnsupportedEncodingError if it cannot be decoded and a header says why.
    """
    try:
        return decode(event.body, is_base64=bool(event.is_base64_encoded))
    except BadRequestError:
        if event.headers.get("content-encoding", "").strip().lower() in _READ_ENCODINGS:
            raise
        raise UnsupportedEncodingError from None


def decode(body: str | None, *, is_base64: bool) -> str:
    """Return the text of a body; gzip is recognised by its first bytes, not by a header.

    Raises PayloadTooLargeError without inflating more than the limit, BadRequestError for what
    cannot be decoded.
    """
    try:
        data = b64decode(body or "", validate=True) if is_base64 else (body or "").encode()
        if data.startswith(_GZIP_MAGIC):
            data = _inflate(data)
        if len(data) > MAX_REQUEST_BYTES:
            raise PayloadTooLargeError
        return data.decode()
    except (ValueError, zlib.error):
        raise BadRequestError("The body could not be decoded.") from None


def _inflate(data: bytes) -> bytes:
    inflated = b""
    for _ in range(_MAX_MEMBERS):
        inflater = zlib.decompressobj(wbits=31)
        inflated += inflater.decompress(data, MAX_REQUEST_BYTES + 1 - len(inflated))
        if len(inflated) > MAX_REQUEST_BYTES:
            return inflated
        if not inflater.eof:
            raise ValueError("a gzip stream that does not end")
        data = inflater.unused_data.lstrip(b"\0")  # padding, as gzip itself reads it
        if not data:
            return inflated
    raise ValueError("more members than any client sends")


def parse(text: str, model: type[ShapeT]) -> ShapeT:
    """Parse and validate a JSON text; a part that breaks a rule is rejected in place.

    Raises BadRequestError if the whole breaks one, PayloadTooLargeError for more parts than a
    request may have.
    """
    tree = read_quickly(text)
    if part_count(tree) > MAX_PARTS:
        raise PayloadTooLargeError(TOO_MANY_PARTS)
    try:
        return _validate(tree, model)
    except ValidationError as error:
        raise BadRequestError(Rejection.of(error, model).message) from None


def parse_alone(text: str, model: type[ShapeT]) -> ShapeT | Rejection:
    """Parse a JSON text that is one part: a rule that it breaks is returned.

    Raises BadRequestError for text that is no JSON object.
    """
    return validate_alone(read_quickly(text), lambda tree: _validate(tree, model), model)


def _validate(tree: dict[str, Any], model: type[ShapeT]) -> ShapeT:
    parsed: ShapeT = parse_model(event=tree, model=model)
    return parsed
