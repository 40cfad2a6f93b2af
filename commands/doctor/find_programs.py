"""Clients, imports and settings in the text of a program, by the table of its language."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from commands.doctor.file_kinds import Kind
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import FOLDER
from commands.doctor.line_numbers import LineNumbers

_MAX_ARGUMENTS = 2_000  # characters after a client's name in which its address may stand
_ADDRESS = re.compile(
    r"\bendpoint(?!_?id)\b|\bendpoint_url\b|\bendpoint(?:Url|Override|Resolver|Provider)\b|\bBaseEndpoint\b"
    r"|\bServiceURL\b|\b[wW]ithEndpoint(?:Configuration|Resolver)?\b|\bbaseUri\b"
)
_PAIRS = {"(": ")", "{": "}", "[": "]"}
_CHAINED = re.compile(r"\s*\??\.\s*\w+\s*(?=[({])")


class Pattern(NamedTuple):
    """A row of patterns.toml."""

    subject: str
    role: Role
    text: re.Pattern[str]
    needs: re.Pattern[str] | None  # what the file must say as well
    pointed: re.Pattern[str] | None  # what says in the file that an address is given
    unless: tuple[str, ...]


@cache
def patterns(kind: Kind) -> tuple[Pattern, ...]:
    """The table of a language."""
    table = tomllib.loads((FOLDER / "patterns.toml").read_text("utf-8"))
    return tuple(
        Pattern(
            row["subject"],
            Role(row["role"]),
            re.compile(row["text"]),
            re.compile(row["needs"]) if "needs" in row else None,
            re.compile(row["pointed"]) if "pointed" in row else None,
            tuple(row.get("unless", [row["subject"]])),
        )
        for row in table.get(kind, {}).get("patterns", [])
    )


def find_programs(kind: Kind, text: str) -> Iterator[Found]:
    """Find what the table names, in a text without comments."""
    lines = LineNumbers(text)
    for pattern in patterns(kind):
        if pattern.needs and not pattern.needs.search(text):
            continue
        in_file = bool(pattern.pointed and pattern.pointed.search(text))
        for found in pattern.text.finditer(text):
            line = lines.at(found.start())
            if pattern.role == Role.CLIENT:
                pointed = in_file or bool(_ADDRESS.search(arguments(text, found.end())))
                yield Found(line, pattern.role, pattern.subject, pointed=pointed)
            else:
                yield Found(line, pattern.role, pattern.subject, unless=pattern.unless)


def arguments(text: str, end: int) -> str:
    """The arguments that begin at or just before `end`, and those of calls chained to it."""
    start = end - 1 if text[end - 1 : end] in _PAIRS else end
    limit = min(len(text), start + _MAX_ARGUMENTS)
    place = _closing(text, start, limit)
    while place < limit and (chained := _CHAINED.match(text, place, limit)):
        place = _closing(text, chained.end(), limit)
    return text[start:place]


def _closing(text: str, start: int, limit: int) -> int:
    """The place after the bracket that closes the one at `start`."""
    depth = 0
    for place in range(start, limit):
        if text[place] in "({[":
            depth += 1
        elif text[place] in ")}]":
            depth -= 1
            if depth <= 0:
                return place + 1
        elif depth == 0 and text[place] in ";\n":
            return place
    return limit
