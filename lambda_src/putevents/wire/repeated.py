"""Keys that stand more than once in one JSON object: ids are rejected, others count as their last.

A parser keeps the last of them without a word, and what the others held would be lost.
"""

from collections.abc import Iterable
from typing import Any

from putevents.errors import BadRequestError
from putevents.wire.rules import (
    DUPLICATE_ENDPOINT,
    DUPLICATE_ENDPOINT_ID,
    DUPLICATE_EVENT_ID,
    Rejection,
)

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


def part_count(tree: dict[str, Any]) -> int:
    """Return how many endpoints and events a request or a queue message has.

    A text may look like both; which it is, the door knows.
    """
    return max(map(_part_count, (tree, tree.get("EventsRequest"))))


def _part_count(request: Any) -> int:
    batches = request.get("BatchItem") if isinstance(request, dict) else None
    if not isinstance(batches, dict):
        return 0
    return len(batches) + sum(len(_events(batch)) for batch in batches.values())


def may_repeat(text: str, tree: dict[str, Any]) -> bool:
    """Whether a text may hold an object that is not in what was read of it.

    Each object has a brace in the text. As many braces as objects prove that none was lost; braces
    in strings, or objects in members that nobody knows, only bring suspicion.
    """
    if tree.keys() & _OF_MESSAGES and text.count('"ApplicationId"') > 1:
        return True
    try:
        if "Item" in tree:
            if text.count('"Item"') > 1:
                return True  # of numbers and texts no brace is lost
            objects = 1 + sum(map(_objects_in_endpoint, tree["Item"]))
        elif "BatchItem" in tree:
            objects = 1 + _objects_in_request(tree)
        elif "EventsRequest" in tree:
            objects = 2 + _objects_in_request(tree["EventsRequest"])
        elif "EnrichedEvents" in tree:
            return text.count('"EnrichedEvents"') > 1
        else:
            return False  # one part, in which every key counts as its last
    except (AttributeError, KeyError, TypeError):  # something has another type than it should
        return True
    return text.count("{") != objects


def _objects_in_request(request: dict[str, Any]) -> int:
    objects = 1
    for batch in request["BatchItem"].values():
        events = batch["Events"]
        objects += 2 + _objects_in_endpoint(batch["Endpoint"]) + len(events)
        for event in events.values():
            objects += (
                (type(event.get("Attributes")) is dict)
                + (type(event.get("Metrics")) is dict)
                + (type(event.get("Session")) is dict)
            )
    return objects


def _objects_in_endpoint(endpoint: dict[str, Any]) -> int:
    user = endpoint.get("User") or {}
    members = (*endpoint.values(), user.get("UserAttributes"))
    return 1 + sum(type(member) is dict for member in members)


def grouped(pairs: list[_Pair]) -> dict[str, Any]:
    """Return an object with Repeated for each key that stands more than once."""
    groups: dict[str, Repeated] = {}
    for key, value in pairs:
        groups.setdefault(key, Repeated()).append(value)
    return {key: values if len(values) > 1 else values[0] for key, values in groups.items()}


def check_told_once(tree: dict[str, Any]) -> None:
    """Raise BadRequestError if it cannot be told what was sent; the object is a whole text's."""
    for name, kind in _WHOLE.items():
        if len(_of_kind(tree.get(name), kind)) > 1:
            raise BadRequestError(f"Duplicate {name}")
    for request in _of_kind(tree.get("EventsRequest"), dict):
        check_told_once(request)


def without_repeated(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a whole text's object with Repeated for parts only; all else counts as its last.

    Of what makes the whole, a value of another type does not count beside one of the right type.
    """
    return {name: _member(name, value) for name, value in tree.items()}


_OF_MESSAGES = {"EventsRequest", "EnrichedEvents"}
_Kind = type | tuple[type, ...]
# What a text is about, and the type of each.
_WHOLE: dict[str, _Kind] = {
    "ApplicationId": str,
    "EventsRequest": dict,
    "BatchItem": dict,
    "Item": list,
    "EnrichedEvents": (dict, list, str),
}


def _of_kind(value: Any, kind: _Kind) -> list[Any]:
    """Return the values of a key, or the one, that have a type."""
    if not isinstance(value, Repeated):
        return [value] if isinstance(value, kind) else []
    return [copy for copy in value if isinstance(copy, kind) and not isinstance(copy, Repeated)]


def _member(name: str, value: Any) -> Any:
    if isinstance(value, Repeated) and name in _WHOLE:
        value = (_of_kind(value, _WHOLE[name]) or value)[-1]
    if name == "EventsRequest" and isinstance(value, dict):
        return without_repeated(value)
    if name == "BatchItem" and isinstance(value, dict):
        return {id_: _batch(batch) for id_, batch in value.items()}
    return _last(value)


def _batch(batch: Any) -> Any:
    copies = _copies(batch)
    if len(copies) > 1:  # all that came under this endpoint's id is one rejected batch
        batches = [_batch(copy) for copy in copies]
        by_id = _by_id(pair for one in batches for pair in _events(one).items())
        return {
            "Endpoint": Repeated.of([b.get("Endpoint") for b in batches], DUPLICATE_ENDPOINT_ID),
            "Events": {i: Repeated.of(e, DUPLICATE_ENDPOINT_ID) for i, e in by_id.items()},
        }
    [batch] = copies
    if not isinstance(batch, dict):
        return _last(batch)
    apart = {name: _last(value) for name, value in batch.items()}
    endpoints, maps = _copies(batch.get("Endpoint")), _copies(batch.get("Events"))
    if "Endpoint" in batch:
        apart["Endpoint"] = _one_or_all(endpoints, DUPLICATE_ENDPOINT)
    if isinstance(maps[0], dict):
        by_id = _by_id(pair for events in maps for pair in events.items())
        apart["Events"] = {i: _one_or_all(e, DUPLICATE_EVENT_ID) for i, e in by_id.items()}
    return apart


def _by_id(pairs: Iterable[_Pair]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for id_, event in pairs:
        groups.setdefault(id_, []).extend(_copies(event))
    return groups


def _copies(value: Any) -> list[Any]:
    """Return the values of a key, without those that are no object beside one that is."""
    if not isinstance(value, Repeated):
        return [value]
    return [copy for copy in value if isinstance(copy, dict)] or value[-1:]


def _one_or_all(copies: list[Any], rejection: Rejection) -> Any:
    found = [_last(copy) for copy in copies]
    return found[0] if len(found) == 1 else Repeated.of(found, rejection)


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
