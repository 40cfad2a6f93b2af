"""The pages of the documentation, in the order and the groups of docs/site/zensical.toml."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "docs/site/zensical.toml"


class Entry(NamedTuple):
    """A page: its top group in the navigation, its own name there (or none) and its path."""

    group: str
    name: str
    path: str


def entries(config: Path = CONFIG) -> list[Entry]:
    """Return every page of the navigation, first things first."""
    return list(_entries(tomllib.loads(config.read_text())["project"]["nav"], ""))


def _entries(items: list[Any], group: str) -> Iterator[Entry]:
    for item in items:
        if isinstance(item, str):
            yield Entry(group, "", item)
            continue
        for name, inside in item.items():
            if isinstance(inside, list):
                yield from _entries(inside, group or name)  # a group in a group is part of it
            else:
                yield Entry(group, name, inside)
