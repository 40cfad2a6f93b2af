"""Whether an answer of PutEvents says of each part what the document's schemas say of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tests.contract.openapi_document import DOCUMENT

# Rules that a schema cannot say; docs/spec.md has them.
BEYOND_SCHEMA = re.compile(
    "Timestamp should be a date|Session duration|Duplicate|valid Unicode|at most 1024 bytes"
    "|should be less than 250|size should be at most|maximum endpoint per user"
    "|The application of the event|too large to be stored|finite number|valid integer"
)
_SCHEMAS = json.loads(DOCUMENT.read_text())["components"]["schemas"]


def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    reference = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": _SCHEMAS}}
    return jsonschema_rs.Draft202012Validator(reference)


_EVENT, _ENDPOINT = _validator("Event"), _validator("PublicEndpoint")
_ENVELOPE = _validator("EnrichedEvent")
_ID = jsonschema_rs.Draft202012Validator(
    _SCHEMAS["EventsRequest"]["properties"]["BatchItem"]["propertyNames"]
)


def wrong_parts(body: Any, results: Any) -> Iterator[str]:
    """Say what is wrong in the Results for a body, a sentence each."""
    batch_item = body["BatchItem"]
    if results.keys() != batch_item.keys():
        yield f"asked {sorted(batch_item)}, answered {sorted(results)}"
        return
    for id_, batch in batch_item.items():
        answer = results[id_]
        batch = batch if isinstance(batch, dict) else {}
        events = batch.get("Events")
        good_id, good_batch = _ID.is_valid(id_), isinstance(events, dict)
        asked = events if isinstance(events, dict) else {}
        if answer["EventsItemResponse"].keys() != asked.keys():
            yield f"asked events {sorted(asked)}, answered {sorted(answer['EventsItemResponse'])}"
            continue
        good = good_id and good_batch and _ENDPOINT.is_valid(batch.get("Endpoint"))
        yield from _wrong(id_, good, answer["EndpointItemResponse"])
        for event_id, event in asked.items():
            told = answer["EventsItemResponse"][event_id]
            yield from _wrong(f"{id_}: {event_id}", good_id and _EVENT.is_valid(event), told)


def wrong_envelopes(body: Any, results: Any) -> Iterator[str]:
    """Say what is wrong in the Results for enriched events."""
    envelopes = body if isinstance(body, list) else [body]
    if len(envelopes) != len(results):
        yield f"asked {len(envelopes)} envelopes, answered {len(results)}"
        return
    for envelope, told in zip(envelopes, results, strict=True):
        yield from _wrong(told["EventId"], _ENVELOPE.is_valid(envelope), told)


def _wrong(part: str, good: bool, told: dict[str, Any]) -> Iterator[str]:
    code, text = told["StatusCode"], told["Message"]
    if (code == 202) != (text == "Accepted"):
        yield f"{part!r} is answered {code} {text}"
    if good and code != 202 and not BEYOND_SCHEMA.search(text):
        yield f"{part!r} is of its schema, and is answered {code} {text}"
    if not good and code == 202:
        yield f"{part!r} is not of its schema, and is accepted"
