"""The envelopes of enriched events in a text: one JSON object, a JSON array, or JSON Lines."""

from collections.abc import Mapping
from typing import Any

from putevents.errors import BadRequestError, PayloadTooLargeError
from putevents.wire.body import decode
from putevents.wire.json_object import read_any
from putevents.wire.rules import MAX_PARTS, TOO_MANY_PARTS

ENRICHED_EVENTS = "EnrichedEvents"
_NO_ENVELOPES = "The body should be a JSON object, a JSON array or JSON Lines."
_BLANK = "\ufeff \t\r\n"
_NOT_JSON = "The body is not valid JSON."


class NotJson(str):
    """A line of JSON Lines that is none; it is rejected alone."""


def read_envelopes(text: str) -> list[Any]:
    """Return the envelopes of a text, in order; one may be any JSON, or a line that is none.

    The content tells the form, not a header: a text that is one JSON value is no JSON Lines.
    Raises BadRequestError for what is none of the three, PayloadTooLargeError for too many.
    """
    try:
        whole = read_any(text)
    except (ValueError, RecursionError):
        return _lines(text)
    return _bounded(_envelopes(whole))


def read_member(found: Any) -> list[Any]:
    """Return the envelopes in `EnrichedEvents` of a message: as above, or such a text in base64.

    A pipe from Kinesis hands a record on as an object, or as the base64 in which Kinesis has it.
    """
    if not isinstance(found, str):
        return _bounded(_envelopes(found))
    is_json = found.lstrip(_BLANK)[:1] in ("{", "[")
    return read_envelopes(found if is_json else decode(found, is_base64=True))


def is_enriched(tree: Mapping[str, Any]) -> bool:
    """Whether a message brings enriched events; raises BadRequestError if it brings both kinds."""
    if ENRICHED_EVENTS not in tree:
        return False
    if "EventsRequest" in tree:
        raise BadRequestError("A message has either EventsRequest or EnrichedEvents.")
    return True


def _envelopes(whole: Any) -> list[Any]:
    if isinstance(whole, dict):
        return [whole]
    if isinstance(whole, list):
        return whole
    raise BadRequestError(_NO_ENVELOPES)


def _lines(text: str) -> list[Any]:
    """Read JSON Lines; a text with no line that is an object is something else, cut off."""
    if text.lstrip(_BLANK)[:1] == "[":
        raise BadRequestError(_NOT_JSON)
    # Not splitlines(), which cuts at characters that a JSON string may hold.
    lines = _bounded([line for line in text.split("\n") if line.strip(_BLANK)])
    found = [_line(line) for line in lines]
    if not any(isinstance(value, dict) for value in found):
        raise BadRequestError(_NOT_JSON)
    return found


def _line(line: str) -> Any:
    try:
        return read_any(line)
    except (ValueError, RecursionError):
        return NotJson(line)


def _bounded(found: list[Any]) -> list[Any]:
    if len(found) > MAX_PARTS:
        raise PayloadTooLargeError(TOO_MANY_PARTS)
    return found
