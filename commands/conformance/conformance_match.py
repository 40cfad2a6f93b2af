"""Compares an answer with what a case expects, and says each difference in a sentence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

OTHERS = "..."  # as a key of an expected map: others may stand beside
ABSENT = "$absent"
_PART = re.compile(r"\$(accepted|rejected|rejected-exactly)( |$)")
_LONGEST = 200  # characters of a value that is shown


class Answer(NamedTuple):
    """What a server answered; `json` is None if the body is no JSON."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    json: Any


def differences(expected: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    """Say how an answer differs from what is expected of status, headers and JSON."""
    if "status" in expected:
        given = expected["status"]
        allowed = given if isinstance(given, list) else [given]
        if answer.status not in allowed:
            yield f"status should be {' or '.join(map(str, allowed))}, is {answer.status}"
    for name, pattern in expected.get("headers", {}).items():
        value = answer.headers.get(name.lower(), ABSENT)
        if not _text_matches(pattern, value):
            yield f"header {name} should be {_shown(pattern)}, is {_shown(value)}"
    if "json" in expected:
        yield from _different(expected["json"], answer.json, "body")


def _different(expected: Any, value: Any, place: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(value, dict):
        for key in expected.keys() - value.keys() - {OTHERS}:
            if expected[key] != ABSENT:
                yield f"{place} lacks {_shown(key)}"
        for key in value.keys() - expected.keys():
            if OTHERS not in expected:
                yield f"{place} has {_shown(key)} too many"
        for key in expected.keys() & value.keys():
            yield from _different(expected[key], value[key], f"{place}.{_shown(key)}")
    elif isinstance(expected, list) and isinstance(value, list) and len(expected) == len(value):
        for number, (one, other) in enumerate(zip(expected, value, strict=True)):
            yield from _different(one, other, f"{place}.{number}")
    elif isinstance(expected, str) and _PART.match(expected):
        yield from _different(_part(expected), value, place)
    elif not _matches(expected, value):
        yield f"{place} should be {_shown(expected)}, is {_shown(value)}"


def _part(expected: str) -> dict[str, Any]:
    """What a part of PutEvents should be answered, written in full."""
    kind, _, text = expected.partition(" ")
    match kind:
        case "$accepted":
            return {"StatusCode": 202, "Message": "Accepted"}
        case "$rejected":
            return {"StatusCode": 400, "Message": f"$starts {text}" if text else "$not Accepted"}
    return {"StatusCode": 400, "Message": text}  # $rejected-exactly


def _matches(expected: Any, value: Any) -> bool:
    if expected == "$any":
        return True
    if isinstance(expected, str):
        return isinstance(value, str) and _text_matches(expected, value)
    return type(expected) is type(value) and bool(expected == value)


def _text_matches(pattern: str, text: str) -> bool:
    kind, _, rest = pattern.partition(" ")
    match kind:
        case "$any":
            return True
        case "$text":
            return text not in ("", ABSENT)
        case "$starts":
            return text.startswith(rest)
        case "$not":
            return text != rest
        case "$lists":  # names between commas, in any order and case
            listed = {part.strip().lower() for part in text.split(",")}
            return listed >= {part.strip().lower() for part in rest.split(",")}
        case "$one":
            return text in rest.split(" ")
    return text == pattern


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
