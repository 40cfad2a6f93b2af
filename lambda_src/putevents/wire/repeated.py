"""Keys that stand more than once in one JSON object: ids are rejected, others count as their last.

A parser keeps the last of them without a word, and what the others held would be lost.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from putevents.errors import BadRequestError
from putevents.wire.rules import (
    DUPLICATE_ENDPOINT,
    DUPLICATE_ENDPOINT_ID,
    DUPLICATE_EVENT_ID,
    Rejection,
)

# A key that is spelled with an escaped letter is not found by counting.
_ESCAPED_LETTER = re.compile(r"\\u00[4-7]")
_Pair = tuple[str, Any]


class Repeated(list[Any]):
    """The values of a key that stands more than once."""

    # The rule that a part breaks which has such an id.
    rejection = DUPLICATE_EVENT_ID

    @classmethod
    def of(cls, values: Iterable[Any], rejection: Rejection) -> "Repeated":
        """Return the values of a part, with the rule that it breaks."""
        found = cls(values)
        found.rejection = rejection
        return found


def batch_item(tree: dict[str, Any]) -> dict[str, Any]:
    """Return the BatchItem of a request or a queue message; empty if there is none."""
    request = tree if "BatchItem" in tree else tree.get("EventsRequest")
    found = request.get("BatchItem") if isinstance(request, dict) else None
    return found if isinstance(found, dict) else {}


def part_count(tree: dict[str, Any]) -> int:
    """Return how many endpoints and events a request or message has."""
    batches = batch_item(tree)
    return len(batches) + sum(len(_events(batch)) for batch in batches.values())


def may_repeat(text: str, tree: dict[str, Any]) -> bool:
    """Whether what was read of a text may lack something that stands in it.

    Counts words that each part has, which costs next to nothing; a text that has them elsewhere is
    only suspected.
    """
    if "\\" in text and _ESCAPED_LETTER.search(text):
        return True
    if "Item" in tree:
        return text.count('"Item"') > 1
    if "EventsRequest" in tree and text.count('"ApplicationId"') > 1:
        return True
    batches = batch_item(tree)
    events = 0
    for batch in batches.values():
        found = _events(batch)
        if not (_has(batch, "Endpoint") and all(_has(e, "EventType") for e in found.values())):
            return True
        events += len(found)
    return text.count('"EventType"') != events or text.count('"Endpoint"') != len(batches)


def grouped(pairs: list[_Pair]) -> dict[str, Any]:
    """Return an object with Repeated for each key that stands more than once."""
    groups: dict[str, Repeated] = {}
    for key, value in pairs:
        groups.setdefault(key, Repeated()).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in groups.items()}


def without_repeated(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a whole text's object with Repeated for parts only; all else counts as its last.

    Raises BadRequestError if it cannot be told what was sent.
    """
    for name in ("ApplicationId", "EventsRequest", "BatchItem", "Item"):
        if isinstance(tree.get(name), Repeated):
            raise BadRequestError(f"Duplicate {name}")
    return {name: _member(name, value) for name, value in tree.items()}


def _member(name: str, value: Any) -> Any:
    if name == "EventsRequest" and isinstance(value, dict):
        return without_repeated(value)
    if name == "BatchItem" and isinstance(value, dict):
        return {id_: _batch(batch) for id_, batch in value.items()}
    return _last(value)


def _batch(batch: Any) -> Any:
    if isinstance(batch, Repeated):  # all that came under this endpoint's id is one rejected batch
        copies = [_batch(copy) for copy in batch]
        endpoints = [copy.get("Endpoint") if isinstance(copy, dict) else copy for copy in copies]
        by_id = _by_id(pair for copy in copies for pair in _events(copy).items())
        return {
            "Endpoint": Repeated.of(endpoints, DUPLICATE_ENDPOINT_ID),
            "Events": {i: Repeated.of(e, DUPLICATE_ENDPOINT_ID) for i, e in by_id.items()},
        }
    if not isinstance(batch, dict):
        return batch
    endpoint, events = batch.get("Endpoint"), batch.get("Events")
    apart = {name: _last(value) for name, value in batch.items()}
    if isinstance(endpoint, Repeated):
        apart["Endpoint"] = Repeated.of(map(_last, endpoint), DUPLICATE_ENDPOINT)
    maps = events if isinstance(events, Repeated) else [events]
    if any(isinstance(found, dict) for found in maps):
        groups = _by_id(pair for found in maps for pair in _pairs(found))
        apart["Events"] = {id_: e if len(e) > 1 else e[0] for id_, e in groups.items()}
    return apart


def _by_id(pairs: Iterable[_Pair]) -> dict[str, Repeated]:
    groups: dict[str, Repeated] = {}
    for id_, event in pairs:
        copies = event if isinstance(event, Repeated) else [event]
        groups.setdefault(id_, Repeated()).extend(map(_last, copies))
    return groups


def _pairs(events: Any) -> Iterator[_Pair]:
    return iter(events.items() if isinstance(events, dict) else ())


def _last(value: Any) -> Any:
    """Return a value in which each key counts as its last; it is no deeper than MAX_DEPTH."""
    if isinstance(value, Repeated):
        return _last(value[-1])
    if isinstance(value, dict):
        return {key: _last(inner) for key, inner in value.items()}
    return [_last(inner) for inner in value] if isinstance(value, list) else value


def _events(batch: Any) -> dict[str, Any]:
    found = batch.get("Events") if isinstance(batch, dict) else None
    return found if isinstance(found, dict) else {}


def _has(part: Any, member: str) -> bool:
    return type(part) is dict and member in part
