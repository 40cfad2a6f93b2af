"""A body as it came in, out of its envelope: base64, gzip, JSON; then the models' one pass."""

import json
import zlib
from base64 import b64decode
from typing import Any, TypeVar

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.parser import parse as parse_model
from pydantic import ValidationError

from putevents.wire.rules import Rejection
from putevents.wire.schemas import MAX_REQUEST_BYTES, Shape

_GZIP_MAGIC = b"\x1f\x8b"
ShapeT = TypeVar("ShapeT", bound=Shape)


class BadRequestError(Exception):
    """The request is no EventsRequest at all; trying again would not help."""


class PayloadTooLargeError(Exception):
    """The body is over 4 MB once decoded; trying again would not help."""


def read(event: APIGatewayProxyEvent) -> str:
    """The body of an API Gateway event; see decode."""
    return decode(event.body, is_base64=bool(event.is_base64_encoded))


def decode(body: str | None, *, is_base64: bool) -> str:
    """The text of a body; gzip is told by its first bytes, whatever the headers say.

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

    Raises BadRequestError if the whole cannot be taken apart.
    """
    try:
        return _parse(text, model)
    except ValidationError as error:
        rejection = Rejection.of(error, model.__name__)
        message = rejection.message if rejection.key else "The body should be a JSON object."
        raise BadRequestError(message) from None


def _parse(text: str, model: type[ShapeT]) -> ShapeT:
    parse_any: Any = parse_model  # it takes JSON text too, which its signature does not say
    try:
        parsed: ShapeT = parse_any(event=text, model=model)
    except ValidationError as error:
        if error.errors(include_url=False)[0]["type"] != "json_invalid":
            raise
        # The quick parser refuses some JSON as a whole (half a surrogate pair, a number of 5,000
        # digits): read slowly, only the part that has it is rejected.
        parsed = parse_any(event=read_json(text), model=model)
    return parsed


def read_json(text: str) -> dict[str, Any]:
    """A JSON object with all that it holds; raises BadRequestError if it is none."""
    try:
        data = json.loads(text, parse_int=_integer)
    except (ValueError, RecursionError):
        raise BadRequestError("The body is not valid JSON.") from None
    if not isinstance(data, dict):
        raise BadRequestError("The body should be a JSON object.")
    return data


def _integer(digits: str) -> int | float:
    # Python refuses integers of more than 4,300 digits; as a float they are infinite, and no
    # member takes that.
    return int(digits) if len(digits) < 4300 else float(digits)
