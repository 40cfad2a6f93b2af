"""Why a part of a request is rejected: the service's own words, then the key that offends."""

from typing import Any, NamedTuple, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_SHOWN = 100  # characters of an offending key that an answer repeats

_RULES = {
    "channel_type": "Missing ChannelType",
    "duration": "Session duration in milliseconds must be equal to the difference of start and"
    " stop timestamp",
    "endpoint_attributes": "Number of attributes per endpoint submitted should be less than 250.",
    "timestamp": "Timestamp should be a date in ISO 8601 format with Z or +hh:mm.",
    "string_pattern_mismatch": "Timestamp should be a date in ISO 8601 format with Z or +hh:mm.",
    "string_unicode": "Text should be valid Unicode.",
    "model_type": "Should be an object.",
    "dict_type": "Should be an object.",
}
_OFFENDERS = {"channel_type": "Address", "duration": "Session.Duration"}


class Rejection(NamedTuple):
    """Stands where the rejected part stood; `rule` holds nothing that the client wrote."""

    rule: str
    key: str

    @property
    def message(self) -> str:
        return f"{self.rule} ({self.key})" if self.key else self.rule

    @classmethod
    def of(cls, error: ValidationError, shape: str) -> Self:
        """The first rule that the part, a `shape` of the service model, broke."""
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(step) for step in first["loc"] if step != "[key]")
        key = _OFFENDERS.get(first["type"], path)
        return cls(_rule(shape, first), key[:_SHOWN])


class RejectedPart(NamedTuple):
    """An event or, without an event id, an endpoint that was rejected, as it came."""

    endpoint_id: str
    event_id: str | None
    rule: str
    message: str
    raw: Any


MISSING_ENDPOINT = Rejection("Missing Endpoint", "Endpoint")
BAD_ENDPOINT_ID = Rejection("Endpoint id should be text without $, { and }.", "")
BAD_EVENT_ID = Rejection("Event id should be valid Unicode.", "")
TOO_MANY_ENDPOINTS = Rejection("Exceeded maximum endpoint per user count: 15", "")
LARGE_ENDPOINT = Rejection("Endpoint size should be at most 15 KB.", "Endpoint")
LARGE_EVENT = Rejection("Event size should be at most 1000 KB.", "")


def _rule(shape: str, error: ErrorDetails) -> str:
    kind, loc = error["type"], error["loc"]
    if kind == "missing":
        return "Missing " + ".".join(str(step) for step in loc)
    if kind == "too_long":
        return _count_rule(shape, str(loc[0]), error["ctx"]["max_length"])
    if kind == "string_too_long":
        return _length_rule(shape, loc, error["ctx"]["max_length"])
    return _RULES.get(kind, error["msg"])


def _count_rule(shape: str, member: str, limit: int) -> str:
    if shape == "Event":
        return f"Number of {member.lower()} per event submitted should be less than {limit}."
    return f"Number of values per endpoint attribute should be less than {limit}."


def _length_rule(shape: str, loc: tuple[int | str, ...], limit: int) -> str:
    owner = "Event" if shape == "Event" else "Endpoint"
    member = "metric" if "Metrics" in loc[:1] else "attribute"
    # The service's sentence ends with a full stop for keys and without one for values.
    part, end = ("key", ".") if loc[-1] == "[key]" else ("value", "")
    return f"{owner} {member} {part} length should be less than {limit}{end}"
