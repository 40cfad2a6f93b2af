"""The texts of a TOML file."""

import tomllib
from collections.abc import Iterator
from typing import Any

from commands.doctor.leaf import Leaf
from commands.doctor.line_numbers import LineNumbers


def toml_leaves(text: str) -> Iterator[Leaf]:
    """tomllib tells no lines: a text stands where it is first found after the one before."""
    value: Any = tomllib.loads(text)
    place, lines = 0, LineNumbers(text)
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*path, key), member) for key, member in reversed(value.items()))
            word = path[-1] if path else ""
        elif isinstance(value, list):
            waiting.extend((path, member) for member in reversed(value))
            continue
        else:
            word = path[-1] if path else ""
        found = text.find(word, place) if word else -1
        if isinstance(value, str) and found >= 0:
            found = max(found, text.find(value, found))
        place = found if found >= 0 else place
        yield Leaf(path, value if isinstance(value, str) else "", lines.at(place))
