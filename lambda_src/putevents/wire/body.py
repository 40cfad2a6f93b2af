"""From the body of a request to a model: base64, gzip, JSON, and validation in the same pass."""

import json
import zlib
from base64 import b64decode
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.parser import parse as parse_model
from pydantic import ValidationError

from putevents.errors import BadRequestError, PayloadTooLargeError
from putevents.wire.rules import Rejection
from putevents.wire.schemas import MAX_REQUEST_BYTES, Shape

_GZIP_MAGIC = b"\x1f\x8b"
_NO_OBJECT = "The body should be a JSON object."
ShapeT = TypeVar("ShapeT", bound=Shape)


def read(event: APIGatewayProxyEvent) -> str:
    """Return the body of an API Gateway event as text; see decode."""
    return decode(event.body, is_base64=bool(event.is_base64_encoded))


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
    inflater = zlib.decompressobj(wbits=31)
    inflated = inflater.decompress(data, MAX_REQUEST_BYTES + 1)
    if len(inflated) > MAX_REQUEST_BYTES:
        raise PayloadTooLargeError
    if not inflater.eof or inflater.unused_data:
        raise ValueError("not one whole gzip stream")
    return inflated


def parse(text: str, model: type[ShapeT]) -> ShapeT:
    """Parse and validate a JSON text in one pass; a part that breaks a rule is rejected in place.

    Raises BadRequestError if the whole breaks one.
    """
    parsed = parse_alone(text, model)
    if isinstance(parsed, Rejection):
        raise BadRequestError(parsed.message)
    return parsed


def parse_alone(text: str, model: type[ShapeT]) -> ShapeT | Rejection:
    """Parse a JSON text that is one part: a rule that it breaks is returned.

    Raises BadRequestError for text that is no JSON object.
    """
    try:
        return _parse(text, model)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if not first["loc"] and first["type"] == "model_type":
            raise BadRequestError(_NO_OBJECT) from None
        return Rejection.of(error, model)


def _parse(text: str, model: type[ShapeT]) -> ShapeT:
    parse_any: Any = parse_model  # it takes JSON text too, which its signature does not say
    try:
        parsed: ShapeT = parse_any(event=text, model=model)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise
        # Pydantic's parser rejects some JSON as a whole (half a surrogate pair, a number of 5,000
        # digits): read by the standard library's, only the part that has it is rejected.
        parsed = parse_any(event=read_json(text), model=model)
    return parsed


def read_json(text: str) -> dict[str, Any]:
    """Return a JSON object as it came; raises BadRequestError if it is none."""
    try:
        data = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        raise BadRequestError("The body is not valid JSON.") from None
    if not isinstance(data, dict):
        raise BadRequestError(_NO_OBJECT)
    return data


def _integer(digits: str) -> int | float:
    # Python rejects integers of more than 4,300 digits; as a float they are infinite, and no
    # member takes that.
    return int(digits) if len(digits) < 4300 else float(digits)
