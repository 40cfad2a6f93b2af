"""Names the Pinpoint operation that is not served, and says where it can be called today.

Only a request that no route takes reads the table: neither a cold start nor an event pays for it.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("unserved_operations.json")
# By the state in the table; {name} is the operation.
_TEXTS = {
    "lives": "{name} is not served here: it lives on at AWS. Call it with a client without an "
    "endpoint override; AWS_ENDPOINT_URL_PINPOINT overrides every Pinpoint client of a process.",
    "ended": "{name} is not served here: it ended with Amazon Pinpoint on 30 October 2026.",
    "unsure": "{name} is not served here, and AWS does not say whether it lives on. Try a client "
    "without an endpoint override.",
    "off": "{name} is not served here.",
}


class Unserved(NamedTuple):
    """An operation of Pinpoint's service model, and the text for who called it."""

    name: str
    text: str


class _Operation(NamedTuple):
    method: str
    steps: list[str]
    said: Unserved


def find_unserved(method: str, path: str) -> Unserved | None:
    """Return the operation of a request that no route takes, if Pinpoint had it."""
    steps = path.strip("/").split("/")
    for operation in _operations():
        if operation.method == method and _matches(operation.steps, steps):
            return operation.said
    return None


def _matches(template: list[str], steps: list[str]) -> bool:
    # As in API Gateway, {name+} takes the rest: an ARN may come with its slashes.
    if template[-1].endswith("+}") and len(steps) > len(template):
        steps = steps[: len(template)]
    return len(steps) == len(template) and all(
        step if part.startswith("{") else step == part
        for part, step in zip(template, steps, strict=True)
    )


@cache
def _operations() -> list[_Operation]:
    return list(_read())


def _read() -> Iterator[_Operation]:
    for group in json.loads(_TABLE.read_bytes()):
        for name, operation in group["operations"].items():
            method, path = operation.split()
            text = f"{_TEXTS[group['state']].format(name=name)} {group['hint']}"
            yield _Operation(method, path.strip("/").split("/"), Unserved(name, text))
