"""From JSON text to a Python object, as Python's parser reads it and to one depth."""

import json
import re
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from putevents.errors import BadRequestError
from putevents.wire.repeated import check_told_once, grouped, may_repeat, without_repeated

# What a client nests deeper is read as null: it is in a member that nobody knows, or in one of the
# wrong type. Each version of Python has another depth at which its own parser gives up.
MAX_DEPTH = 64
_BOM = "\ufeff"
_STRING_OR_BRACKET = re.compile(r'"[^"]*"|[][{}]')


def loads(text: str | bytes) -> Any:
    """As `json.loads`.

    Pydantic's parser takes a third less time. It rejects more (half a surrogate pair, a number of
    5,000 digits, 200 levels), and whatever it takes it reads as Python's.
    """
    try:
        return from_json(text, cache_strings="keys")
    except (TypeError, ValueError):
        return json.loads(text)


def read_quickly(text: str) -> dict[str, Any]:
    """As `read_json`, but what is nested too deep may stay; no known member is nested so deep.

    Raises BadRequestError also for a text that says two things.
    """
    try:
        tree = loads(text)
    except (ValueError, RecursionError):
        return _read(text, check=check_told_once)
    if may_repeat(text, _object(tree)):
        del tree  # the two need not be in memory together
        return _read(text, check=check_told_once)
    return _object(tree)


def read_json(text: str) -> dict[str, Any]:
    """Return a JSON object as it came, with null for what is nested deeper than MAX_DEPTH.

    A part whose id stands twice is Repeated; any other key counts as its last, as in the parsers
    of the clients. Raises BadRequestError for what is no JSON object, and for nothing that
    `read_quickly` took: what is wrong with a part is looked up after its neighbours were delivered.
    """
    return _read(text)


def read_any(text: str) -> Any:
    """Return any JSON value, of which each key counts as its last.

    What is nested too deep may stay, as with `read_quickly`. Raises ValueError or RecursionError
    for what is no JSON.
    """
    text = text.removeprefix(_BOM)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        return json.loads(_within_depth(text), parse_int=_integer)


def _read(text: str, check: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    repeated = False

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeated = True
        return grouped(pairs)

    try:
        shallow = _within_depth(text.removeprefix(_BOM))
        tree = _object(json.loads(shallow, parse_int=_integer, object_pairs_hook=members))
    except (ValueError, RecursionError):
        raise BadRequestError("The body is not valid JSON.") from None
    if check and repeated:
        check(tree)
    return without_repeated(tree) if repeated else tree


def _object(tree: Any) -> dict[str, Any]:
    if not isinstance(tree, dict):
        raise BadRequestError("The body should be a JSON object.")
    return tree


def _integer(digits: str) -> int | float:
    # Python rejects integers of more than 4,300 digits; as a float they are infinite, and no
    # member takes that.
    return int(digits) if len(digits) < 4300 else float(digits)


def _within_depth(text: str) -> str:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return text
    # Without escapes a string ends at the next quote. The places of everything else stay.
    plain = text.replace("\\\\", "__").replace('\\"', "__")
    kept: list[str] = []
    depth = start = 0
    for token in _STRING_OR_BRACKET.finditer(plain):
        bracket = token[0]
        if bracket in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += text[start : token.start()], "null"
        elif bracket in "]}":
            if depth == MAX_DEPTH + 1:
                start = token.end()
            depth -= 1
    if depth:
        raise ValueError("a bracket is not closed")
    return "".join([*kept, text[start:]])
