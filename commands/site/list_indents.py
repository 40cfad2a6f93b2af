"""Indent lists by four, as Zensical reads them; GitHub reads them by where their text begins."""

import re
from typing import NamedTuple

from markdown_it import MarkdownIt

_PARSER = MarkdownIt("commonmark").enable("table")
_MARKER = re.compile(r"( *)([-*+]|\d+[.)])( +|$)")
_STEP = 4


class _Item(NamedTuple):
    first: int
    end: int
    depth: int
    text_at: int


def indented_by_four(text: str) -> str:
    """Return the same page, each list item's text and each inner list indented by four."""
    lines = text.split("\n")
    items = _items(text, lines)
    starts = {item.first for item in items}
    written: list[str] = []
    for number, line in enumerate(lines):
        inside = [item for item in items if item.first <= number < item.end]
        if number in starts and _needs_a_blank_line(lines, number, items):
            written.append("")
        written.append(_line(number, line, inside))
    return "\n".join(written)


def _items(text: str, lines: list[str]) -> list[_Item]:
    """Every list item, outer ones first; `text_at` is the column where its text begins."""
    found: list[_Item] = []
    depth = 0
    for token in _PARSER.parse(text):
        if token.type == "list_item_open" and token.map:
            depth += 1
            marker = _MARKER.match(lines[token.map[0]])
            if marker:  # not inside a quotation
                found.append(_Item(token.map[0], token.map[1], depth, marker.end()))
        elif token.type == "list_item_close":
            depth -= 1
    return found


def _needs_a_blank_line(lines: list[str], number: int, items: list[_Item]) -> bool:
    """Whether Zensical would read the item that begins here as more of the block above it."""
    before = lines[number - 1].strip() if number else ""
    in_a_list = any(item.first < number <= item.end for item in items)
    return before.startswith("```") or (bool(before) and not in_a_list)


def _line(number: int, line: str, inside: list[_Item]) -> str:
    if not inside or not line.strip():
        return line
    item = inside[-1]
    if item.first == number:
        marker = _MARKER.match(line)
        assert marker is not None  # noqa: S101 - that is how it was found
        return f"{' ' * _STEP * (item.depth - 1)}{marker[2]} {line[marker.end() :]}"
    if line[: item.text_at].strip():  # a paragraph's line that is not indented
        return line
    return " " * _STEP * item.depth + line[item.text_at :]
