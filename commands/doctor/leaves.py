"""A data file as its keys and texts, each with its line."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

import yaml

from commands.doctor.file_kinds import Kind
from commands.doctor.leaf import MAX_CHARACTERS, MAX_DEPTH, Leaf, NotReadError
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.toml_leaves import toml_leaves
from commands.doctor.xml_leaves import xml_leaves

_MAX_JSON = 4_000_000  # a parser in C
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
Path = tuple[str, ...]


def leaves(kind: Kind, text: str) -> list[Leaf]:
    """Read a data file; raises NotReadError."""
    if len(text) > (_MAX_JSON if kind == Kind.JSON else MAX_CHARACTERS):
        raise NotReadError("too long for its parser")
    reader = {Kind.JSON: _json, Kind.YAML: _yaml, Kind.TOML: toml_leaves, Kind.XML: xml_leaves}[
        kind
    ]
    try:
        return list(reader(text))
    except (ValueError, yaml.YAMLError, expat.ExpatError, RecursionError, MemoryError) as error:
        raise NotReadError(f"no {kind}: {type(error).__name__}") from None


def _json(text: str) -> Iterator[Leaf]:
    """Keys and texts stand in the file in the order in which a walk meets them."""
    value = json.loads(text, object_pairs_hook=lambda pairs: _Object(pairs))
    numbers = LineNumbers(text)
    lines = map(numbers.at, (found.start() for found in _JSON_STRING.finditer(text)))
    line = 1
    waiting: list[tuple[Path, Any]] = [((), value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, _Pair):
            line = next(lines, line)
            if not isinstance(value.value, str):
                yield Leaf((*path, value.key), "", line)
            waiting.append(((*path, value.key)[-MAX_DEPTH:], value.value))
        elif isinstance(value, _Object):
            waiting.extend((path, _Pair(*pair)) for pair in reversed(value.pairs))
        elif isinstance(value, list):
            waiting.extend((path, member) for member in reversed(value))
        elif isinstance(value, str):
            line = next(lines, line)
            yield Leaf(path, value, line)


class _Object(NamedTuple):
    pairs: list[tuple[str, Any]]


class _Pair(NamedTuple):
    key: str
    value: Any


def _yaml(text: str) -> Iterator[Leaf]:
    """Its events: no tag makes anything, and an alias is not followed, so nothing grows."""
    keys: list[str | None] = []  # per open collection: the key read last; "" in a list
    for event in yaml.parse(text, Loader=_LOADER):
        line = event.start_mark.line + 1
        path = tuple(key for key in keys if key)[-MAX_DEPTH:]
        if isinstance(event, yaml.ScalarEvent):
            if keys and keys[-1] is None:
                keys[-1] = event.value or "-"
                yield Leaf((*path, event.value), "", line)
                continue
            block = event.style in ("|", ">")
            yield Leaf(path, event.value, line + block)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            keys.append(None if isinstance(event, yaml.MappingStartEvent) else "")
            continue
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            keys.pop()
        elif not isinstance(event, yaml.AliasEvent):
            continue
        if keys:
            # A value was read, or a key that is a collection or an alias itself.
            keys[-1] = "" if keys[-1] == "" else ("-" if keys[-1] is None else None)
