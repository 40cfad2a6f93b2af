"""Text that others wrote, made safe for a terminal."""

import json
from typing import Any


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
