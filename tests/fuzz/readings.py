"""What a body asks for, read again by other means than the gateway's."""

import json
from typing import Any, NamedTuple

MAX_PARTS = 10_000  # docs/spec.md


class _Pairs(list[tuple[str, Any]]):
    """An object with each of its keys, however often it stands."""

    def all(self, name: str) -> list[Any]:
        return [value for key, value in self if key == name]


class Asked(NamedTuple):
    """The status that a body gets, and the ids that a 202 names; None for what is not known."""

    status: int | None
    ids: dict[str, set[str]]
    silent: frozenset[str] = frozenset()  # endpoints of which nothing is said


_UNKNOWN, _BAD = Asked(None, {}), Asked(400, {})
# Not EffectiveDate: a wrong one is left out, which leaves an endpoint of which nothing is said.
_SAYS = {
    "Address", "Attributes", "ChannelType", "Demographic", "EndpointStatus", "Location", "Metrics",
    "OptOut", "RequestId", "User",
}  # fmt: skip


def read(text: str) -> Any:
    """Return a JSON text with objects as pairs; raises ValueError or RecursionError."""
    return json.loads(
        text.removeprefix("\ufeff"), object_pairs_hook=_Pairs, parse_int=lambda digits: 0
    )


def asked(text: str) -> Asked:
    """Return what the body of PutEvents asks for."""
    try:
        tree = read(text)
    except RecursionError:
        return _UNKNOWN
    except ValueError:
        return _BAD
    return _asked_of(tree)


def asked_of_message(text: str) -> tuple[Any, Asked]:
    """Return the application of a queue message, and what it asks for."""
    try:
        tree = read(text)
    except RecursionError:
        return None, _UNKNOWN
    except ValueError:
        return None, _BAD
    if not isinstance(tree, _Pairs):
        return None, _BAD
    requests, applications = tree.all("EventsRequest"), tree.all("ApplicationId")
    if len(requests) > 1 or len(applications) > 1 or tree.all("BatchItem"):
        return None, _UNKNOWN
    if not requests or not applications or not isinstance(applications[0], str):
        return None, _BAD
    return applications[0], _asked_of(requests[0])


def _asked_of(tree: Any) -> Asked:
    if not isinstance(tree, _Pairs):
        return _BAD
    if any(len(tree.all(name)) > 1 for name in ("ApplicationId", "EventsRequest", "Item")):
        return _UNKNOWN  # it may be another kind of body
    if tree.all("EventsRequest") and tree.all("BatchItem"):
        return _UNKNOWN  # likewise
    found = [batches for batches in tree.all("BatchItem") if isinstance(batches, _Pairs)]
    if len(found) != 1:
        return _BAD
    ids: dict[str, set[str]] = {}
    silent = set()
    for endpoint_id, batch in found[0]:
        if isinstance(batch, _Pairs) and not any(map(_says, batch.all("Endpoint"))):
            silent.add(endpoint_id)
        events = ids.setdefault(endpoint_id, set())
        for member in batch.all("Events") if isinstance(batch, _Pairs) else ():
            if isinstance(member, _Pairs):
                events.update(event_id for event_id, _ in member)
    if len(ids) + sum(map(len, ids.values())) > MAX_PARTS:
        return Asked(413, {})
    return Asked(202, ids, frozenset(silent))


def _says(endpoint: Any) -> bool:
    return isinstance(endpoint, _Pairs) and any(
        name in _SAYS and value is not None for name, value in endpoint
    )


def parts_of(body: str) -> set[tuple[str, str | None]]:
    """Return the parts that a message of the gateway's own holds.

    An endpoint counts if something is said of it, or if it is all there is.
    """
    found: set[tuple[str, str | None]] = set()
    for endpoint_id, batch in json.loads(body)["EventsRequest"]["BatchItem"].items():
        events = batch.get("Events") if isinstance(batch, dict) else None
        events = events if isinstance(events, dict) else {}  # what was rejected may be anything
        found |= {(endpoint_id, event_id) for event_id in events}
        if not isinstance(batch, dict) or batch.get("Endpoint") or not events:
            found.add((endpoint_id, None))
    return found
