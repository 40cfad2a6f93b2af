"""A text in a data file with its path of keys and its line, as every reader hands it over."""

from typing import NamedTuple

MAX_CHARACTERS = 1_000_000  # for a parser in Python
MAX_DEPTH = 50  # keys of a path that are kept, so that deep nesting takes no memory


class NotReadError(Exception):
    """A parser cannot read the file; it is searched as plain text."""


class Leaf(NamedTuple):
    """A text (or "" for what is no text) at the end of a path of keys; a list adds none."""

    path: tuple[str, ...]
    text: str
    line: int
