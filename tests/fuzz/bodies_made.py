"""Requests made from choices, and of each part whether it is good or bad, as far as is known."""

import json
from typing import Any, NamedTuple

from putevents.wire.schemas import EndpointBatchItem, Event, PublicEndpoint
from tests.fuzz.choices import Choices
from tests.fuzz.hostile import IDS, changed, with_repeated_key
from tests.fuzz.valid_shapes import Making, maker

Part = tuple[str, str | None]  # an endpoint's id, and an event's or None for the endpoint itself
Known = dict[Part, bool | None]  # whether a part is good; None if nobody knows

EVENT, ENDPOINT, ITEM = maker(Event), maker(PublicEndpoint), maker(EndpointBatchItem)
_APPLICATIONS = ["my-app", "my-app", "my-app", "other-app", "my-app", "no-app", "", "\ud800"]


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_endpoint_id(text: str) -> bool:
    """Whether docs/spec.md takes an endpoint's id."""
    return (
        bool(text)
        and not set(text) & set("${}")
        and _is_unicode(text)
        and max(len(text.encode()), len(text.casefold().encode())) <= 1024
    )


class Made(NamedTuple):
    """A body, and what is known of its parts; None if nothing is."""

    text: str
    known: Known | None


def events_request(choices: Choices) -> Made:
    """Return the body of PutEvents."""
    tree, known = _batch_item(choices)
    return _written({"BatchItem": tree}, known, choices)


def queue_message(choices: Choices) -> Made:
    """Return the body of a message; of an application that is served unless nothing is known."""
    application_id = choices.pick(_APPLICATIONS)
    tree, known = _batch_item(choices)
    message: dict[str, Any] = {
        "ApplicationId": application_id,
        "EventsRequest": {"BatchItem": tree},
    }
    if choices.rarely(3):
        stored = ENDPOINT(Making(choices, choices.below(8) - 4))
        message["AsOfArrival"] = {
            id_: {"Order": choices.below(200) - 50, "Endpoint": _stored(stored, id_, choices)}
            for id_ in [*tree, "a"][: 1 + choices.below(3)]
        }
    made = _written(message, known, choices)
    return made if application_id in ("my-app", "other-app") else Made(made.text, None)


def endpoint(choices: Choices) -> Made:
    """Return the body of UpdateEndpoint."""
    making = _making(choices)
    tree = ENDPOINT(making)
    return _written(tree, {("", None): not making.is_broken}, choices)


def endpoint_batch(choices: Choices) -> Made:
    """Return the body of UpdateEndpointsBatch; its parts are named by their places."""
    items, known = [], Known()
    for place in range(choices.below(5) if not choices.rarely(32) else 102):
        making = _making(choices)
        item = ITEM(making)
        if isinstance(item, dict) and "Id" in item and not making.is_broken:
            item["Id"] = choices.pick(IDS)
        items.append(item)
        is_good = not making.is_broken and is_endpoint_id(item["Id"])
        known[str(place), None] = is_good
    return _written({"Item": items}, known if len(items) <= 100 else {}, choices)


def _making(choices: Choices) -> Making:
    return Making(choices, choices.below(16) if choices.rarely(3) else -1)


def _stored(endpoint: Any, id_: str, choices: Choices) -> Any:
    if not isinstance(endpoint, dict):
        return endpoint
    return {**endpoint, "Id": id_, "CohortId": "5", "CreationDate": "2026-11-24T10:00:00Z"}


def _batch_item(choices: Choices) -> tuple[dict[str, Any], Known]:
    tree: dict[str, Any] = {}
    known = Known()
    many = choices.rarely(64)
    for _ in range(choices.below(4) if not many else 20):
        id_ = _id(choices)
        if id_ in tree:
            continue
        keeps_id = is_endpoint_id(id_)
        if choices.rarely(24):
            tree[id_] = choices.pick([None, 5, [], "a", {}, {"Endpoint": {}}, {"Events": None}])
            known[id_, None] = False
            continue
        making = _making(choices)
        tree[id_] = {"Endpoint": ENDPOINT(making), "Events": {}}
        known[id_, None] = keeps_id and not making.is_broken
        if choices.rarely(24):
            del tree[id_]["Endpoint"]
            known[id_, None] = False
        for _ in range(choices.below(5) if not many else 60):
            event_id, making = _id(choices), _making(choices)
            tree[id_]["Events"][event_id] = EVENT(making)
            is_good = keeps_id and not making.is_broken and _is_unicode(event_id)
            known[id_, event_id] = is_good
    if len({id_.casefold() for id_ in tree}) < len(tree):
        known = dict.fromkeys(known)  # two spellings of one endpoint: their events need ids apart
    return tree, known


def _id(choices: Choices) -> str:
    return f"id-{choices.below(64)}" if choices.below(3) else choices.pick(IDS)


def _written(tree: Any, known: Known, choices: Choices) -> Made:
    kind = choices.below(16)
    told: Known | None = known
    if kind >= 13:
        for _ in range(1 + choices.below(3)):
            tree = changed(tree, choices)
        told = None
    text = json.dumps(tree, ensure_ascii=True, separators=(",", ":") if kind % 2 else None)
    if kind in (1, 2) and _is_unicode(wide := json.dumps(tree, ensure_ascii=False)):
        text = wide
    if kind == 3:
        text = json.dumps(tree, indent=1)
    if kind == 12:
        text, told = with_repeated_key(text, choices), None
    return Made(text, told)
