"""Adds to the schemas of models what they cannot say, and leaves out what says nothing."""

from collections.abc import Callable
from typing import Any

from putevents.wire.rules import MAX_ENDPOINT_ID_BYTES
from putevents.wire.schemas import MAX_REQUEST_BYTES
from tests.contract import enriched_shapes

_ID = {"type": "string", "minLength": 1, "maxLength": MAX_ENDPOINT_ID_BYTES, "pattern": "^[^${}]+$"}
PARAMETERS: dict[str, dict[str, Any]] = {
    "application_id": {
        "description": "An application that is served (`applicationIds`).",
        "schema": {"type": "string", "minLength": 1},
        "example": "my-app",
    },
    "endpoint_id": {
        "description": "Text without $, { and }, of at most 1,024 bytes; case does not matter.",
        "schema": _ID,
        "example": "phone",
    },
    "user_id": {
        "description": "The `UserId` that endpoints were given; case matters.",
        "schema": {"type": "string", "minLength": 1},
        "example": "jane",
    },
}
# What `lake` and `local` can store; another PutEvents server may take more.
_NUMBER = {"exclusiveMinimum": -1e126, "exclusiveMaximum": 1e126}
_MAX_ADDRESS_BYTES, _MAX_USER_ID_BYTES = 2048, 1018
_DATE_IN_ISO_8601 = "A date in ISO 8601 that exists, with `Z`, `+hh:mm` or no zone (UTC)."
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T"
_DATE_THAT_MAY_BE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T"
# An address without its channel is the only rule that stands between two members.
_ADDRESS_NEEDS_CHANNEL = {
    "if": {
        "required": ["Address"],
        "properties": {"Address": {"type": "string", "minLength": 1}},
    },
    "then": {"required": ["ChannelType"], "properties": {"ChannelType": {"type": "string"}}},
}
Schema = dict[str, Any]


def _walk(value: Any, change: Callable[[Schema], None]) -> None:
    if isinstance(value, dict):
        change(value)
        value = list(value.values())
    for part in value if isinstance(value, list) else ():
        _walk(part, change)


def _without_noise(schema: Schema) -> None:
    """Leave out titles, defaults that are null, and the length that no request can reach."""
    options = schema.get("anyOf", [])
    plain = [option for option in options if option != {"type": "null"}]
    if len(plain) == 1 and len(options) == 2 and isinstance(plain[0].get("type"), str):
        del schema["anyOf"]
        schema |= {**plain[0], "type": [plain[0]["type"], "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "default" in schema and not isinstance(schema["default"], dict):
        del schema["default"]
    if schema.get("maxLength") == MAX_REQUEST_BYTES:
        del schema["maxLength"]
    if isinstance(pattern := schema.get("pattern"), str) and _DATE in pattern:
        schema |= {
            "pattern": pattern.replace(_DATE, _DATE_THAT_MAY_BE),
            "description": _DATE_IN_ISO_8601,
            "maxLength": 35,
        }


def say_what_is_accepted(shapes: Schema) -> None:
    """Change the schemas, by their names, into what the gateway accepts."""
    for shape in shapes.values():
        _walk(shape, _without_noise)
    endpoint, item = shapes["PublicEndpoint"], shapes["EndpointBatchItem"]
    for shape in (endpoint, item):
        shape |= _ADDRESS_NEEDS_CHANNEL
        shape["description"] = "At most 250 keys in all its maps together, and 15 KB as JSON."
        # A phone's clock is not worth an endpoint.
        shape["properties"]["EffectiveDate"] = {
            "description": f"{_DATE_IN_ISO_8601} Anything else is left out.",
            "examples": ["2026-11-25T14:40:00.123Z"],
        }
        shape["properties"]["Address"]["maxLength"] = _MAX_ADDRESS_BYTES
        shape["properties"]["Metrics"]["additionalProperties"] |= _NUMBER
    shapes["EndpointUser"]["properties"]["UserId"]["maxLength"] = _MAX_USER_ID_BYTES
    for name in ("Latitude", "Longitude"):
        shapes["EndpointLocation"]["properties"][name] |= _NUMBER
    item["properties"]["Id"] = _ID
    batches = shapes["EventsRequest"]["properties"]["BatchItem"]
    batches |= {"propertyNames": {k: v for k, v in _ID.items() if k != "type"}}
    shapes["EventsBatch"]["required"] = ["Endpoint", "Events"]
    shapes["Event"]["description"] = "At most 1,000 KB as JSON, its id included."
    shapes["Session"]["properties"]["Duration"] = {
        "type": ["integer", "null"],
        "minimum": -(2**63),
        "maximum": 2**63 - 1,
        "description": "Milliseconds; with a `StopTimestamp` the difference of stop and start.",
    }
    _walk(shapes["Event"], _with_nulls)
    _walk([endpoint, item, shapes["EndpointUser"]], _with_nulls)
    enriched_shapes.say_what_is_accepted(shapes, _ID, lambda shape: _walk(shape, _with_nulls))
    for name in ("EventItemResponse", "EndpointItemResponse", "EnrichedEventResponse"):
        shapes[name]["properties"]["StatusCode"] |= {
            "description": "202 only with `Accepted`. A destination may reject with another code.",
            "examples": [202, 400, 500],
        }


def _with_nulls(schema: Schema) -> None:
    """A null in a map, or in a list in it, is left out."""
    for place in ("additionalProperties", "items"):
        inner = schema.get(place)
        if isinstance(inner, dict) and isinstance(inner.get("type"), str):
            inner["type"] = [inner["type"], "null"]
