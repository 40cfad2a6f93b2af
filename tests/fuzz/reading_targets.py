"""Reading a body: from bytes and text to a tree, and from a tree to parts."""

import json
from typing import Any

from putevents.errors import RequestError
from putevents.ingest.validate import leave_out
from putevents.wire.body import decode, parse
from putevents.wire.json_object import read_json, read_quickly
from putevents.wire.schemas import (
    EventsRequest,
)
from tests.fuzz import bodies_made
from tests.fuzz.choices import Choices
from tests.fuzz.fuzz_lab import HEAD, Lab, asked_of, body_of
from tests.fuzz.hostile import DATE, changed, with_repeated_key
from tests.fuzz.promises_kept import ensure
from tests.fuzz.readings import asked

_TREE = {
    "BatchItem": {"a": {"Endpoint": {}, "Events": {"b": {"EventType": "c", "Timestamp": DATE}}}}
}


def fuzz_json(lab: Lab, data: bytes) -> None:
    """From a text to a tree: no part is lost, nothing else is raised, both readings agree."""
    rest, text = data[HEAD:], ""
    if data and data[0] & 1:
        text = rest.decode("utf-8", "replace")
    else:
        choices = Choices(rest)
        tree: Any = _TREE
        for _ in range(choices.below(4)):
            tree = changed(tree, choices)
        text = json.dumps(tree)
        for _ in range(choices.below(3)):
            text = with_repeated_key(text, choices)
    expected = asked(text)
    try:
        tree = read_quickly(text)
    except RequestError as error:
        ensure(expected.status != 202, "rejected", error, text)
        return
    again = read_json(text)
    for found in (tree, again):
        batches = found.get("BatchItem")
        if expected.status == 202 and isinstance(batches, dict):
            ids = {e: _event_ids(batch) for e, batch in batches.items()}
            ensure(ids == expected.ids, "a part is lost", ids, expected.ids)
    ensure(tree.keys() == again.keys(), "two readings", text)


def _event_ids(batch: Any) -> set[str]:
    events = batch.get("Events") if isinstance(batch, dict) else None
    return set(events) if isinstance(events, dict) else set()


def fuzz_parse(lab: Lab, data: bytes) -> None:
    """From a body to parts: every id is there, good parts are taken and bad ones are not."""
    body, known, _ = body_of(lab, data, bodies_made.events_request)
    expected = asked_of(body)
    try:
        request = parse(decode(body.data, is_base64=body.is_base64), EventsRequest)
    except RequestError as error:
        ensure(
            body.text is None or expected.status in (None, 400, 413), "rejected", error, body.text
        )
        ensure(len(str(error)) < 400, "a long message", error)
        return
    ensure(expected.status in (None, 202), "taken", body.text)
    ids = {e: set(getattr(batch, "events", ())) for e, batch in request.batch_item.items()}
    ensure(expected.status is None or ids == expected.ids, "other ids", ids, expected.ids)
    for (endpoint_id, event_id), is_good in (known or {}).items():
        batch: Any = request.batch_item[endpoint_id]
        part = batch
        if hasattr(batch, "events"):
            part = batch.endpoint if event_id is None else batch.events[event_id]
        if is_good:
            if event_id is None:
                leave_out(part)
            ensure(hasattr(part, "wire"), "a good part is rejected", endpoint_id, event_id, part)
            again = type(part).model_validate_json(part.wire, strict=True)
            ensure(again.wire == part.wire, "another part once it is written", part.wire)
