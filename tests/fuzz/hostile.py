"""Values, texts and keys that have broken parsers before, and JSON trees changed by them."""

import json
from typing import Any

from tests.fuzz.choices import Choices

DATE = "2026-11-24T10:00:00Z"
IDS = [
    "a", "b", "phone-1", "A", "é", "e\u0301", "ß", "SS", "\u017f", "İ", "ǆ", "\U0001f600",
    "__proto__", "constructor", "toString", "", " ", "$", "{}", "${jndi:ldap://x}", "a/b", "..",
    "%2e%2e", "\x00", "a\x00", "\ufffe", "\uffff", "\ufeff", "\u2028", "\u202e", "\ud800",
    "\udc00\ud800", "null", "0", "-1", "Endpoint", "Events", "BatchItem", "ApplicationId", '"',
    "\\", '\\"', "\\u0000", "i" * 64, "i" * 1024, "i" * 1025, "é" * 512, "é" * 513, "İ" * 340,
    "İ" * 400, "\n", "\r\n", "\x7f", "\x85",
]  # fmt: skip
TEXTS = [
    "a", "", "x" * 50, "x" * 51, "x" * 100, "x" * 101, "x" * 200, "x" * 201, "é" * 200,
    "\U0001f600" * 50, DATE, "2026-02-30T00:00:00Z", "2026-11-24T10:00",
    "2026-11-24T10:00:00.123456789+23:59", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999999-23:59", "2026-11-24T24:00:00Z", "2026-11-24T23:59:60Z",
    "\uff12\uff10\uff12\uff16-11-24T10:00:00Z", "2026-11-24T10:00:00Z\n",
    "2026-11-24T10:00:00+0000", "2026-W48-2T10:00:00Z", "1", "NaN", "PUSH", "APNS", "EMAIL",
    "ALL", "en-US", "zh_Hans_CN", "x" * 5000, "<script>", "'; DROP TABLE events; --", "=cmd()",
    "\x1b[31m", "a" * 300 + "-" + "b" * 300, "-" * 400, "_", "en_", "accepted", "Accepted", *IDS,
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 1.5, -0.0, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400,
    1e308, 5e-324, float("inf"), float("-inf"), float("nan"), 9007199254740993.0,
]  # fmt: skip
MEMBERS = [
    "BatchItem", "Endpoint", "Events", "EventType", "Timestamp", "Attributes", "Metrics", "Session",
    "Id", "StartTimestamp", "StopTimestamp", "Duration", "Address", "ChannelType", "Demographic",
    "EffectiveDate", "Location", "User", "UserId", "UserAttributes", "OptOut", "RequestId", "Item",
    "ApplicationId", "EventsRequest", "AsOfArrival", "Order", "CohortId", "CreationDate", "Locale",
    "Latitude", "AppTitle", "ClientSdkVersion", "SdkName", "Unknown",
]  # fmt: skip
SMALL: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    "",
    "a",
    [],
    {},
    [None],
    {"a": None},
    [[]],
    {"": {}},
]


def value(choices: Choices, depth: int = 2) -> Any:
    """Return any JSON value."""
    kind = choices.below(8)
    if kind < 3 or depth == 0:
        return choices.pick(SMALL)
    if kind < 5:
        return choices.pick(TEXTS)
    if kind == 5:
        return choices.pick(NUMBERS)
    if kind == 6:
        return [value(choices, depth - 1) for _ in range(choices.below(4))]
    return {key(choices): value(choices, depth - 1) for _ in range(choices.below(4))}


def key(choices: Choices) -> str:
    """Return the key of an object."""
    return choices.pick(MEMBERS if choices.below(2) else IDS)


def changed(tree: Any, choices: Choices) -> Any:
    """Return a JSON tree with one change at some depth."""
    if isinstance(tree, dict) and tree:
        if choices.below(4):  # inside
            name = list(tree)[choices.below(len(tree))]
            return {**tree, name: changed(tree[name], choices)}
        return _changed_object(tree, choices)
    if isinstance(tree, list) and tree and choices.below(3):
        place = choices.below(len(tree))
        return [*tree[:place], changed(tree[place], choices), *tree[place + 1 :]]
    return value(choices)


def _changed_object(tree: dict[str, Any], choices: Choices) -> Any:
    name, kind = list(tree)[choices.below(len(tree))], choices.below(6)
    if kind == 0:
        return {k: v for k, v in tree.items() if k != name}
    if kind == 1:
        return {key(choices) if k == name else k: v for k, v in tree.items()}
    if kind == 2:
        return {**tree, key(choices): value(choices)}
    if kind == 3:
        return {**tree, key(choices): tree[name]}
    if kind == 4:  # more of the same
        is_small = not isinstance(tree[name], dict | list)
        count = choices.pick([2, 15, 40, 41, 50, 51, 101, 251] if is_small else [2, 3, 15])
        return {**tree, **{f"{name}{n}": tree[name] for n in range(count)}}
    return {**tree, name: value(choices)}


def with_repeated_key(text: str, choices: Choices) -> str:
    """Return a JSON text in which some key stands twice in an object, if there is any object."""
    places = [n for n, letter in enumerate(text) if letter == "{"]
    if not places:
        return text
    place = choices.pick(places)
    name, found = json.dumps(key(choices)), json.dumps(value(choices))
    colon = text.find(":", place)
    if colon > 0 and text[place + 1 : place + 2] == '"' and choices.below(3):
        name = text[place + 1 : colon]
    return f"{text[: place + 1]}{name}:{found},{text[place + 1 :]}"
