"""Texts for a terminal: made safe where others wrote them, and counts with their nouns."""

import json
from typing import Any


def counted(number: int, noun: str) -> str:
    """The number and its noun: "1 line", "2 lines"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def printable(text: str) -> str:
    """The text with escapes for characters that could move the cursor or colour the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable_lines(text: str) -> str:
    """The same for a text whose lines stay lines."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(value: Any) -> str:
    """Indented JSON with letters as letters, and JSON's own escapes for what is not printable."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
