"""Clients, imports and settings in the text of a program, by the table of its language."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from commands.doctor.client_address import has_address
from commands.doctor.file_kinds import Kind
from commands.doctor.found import Found, Role
from commands.doctor.knowledge import FOLDER
from commands.doctor.line_numbers import LineNumbers
from commands.doctor.strings import Strings


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


def find_programs(kind: Kind, text: str, strings: Strings) -> Iterator[Found]:
    """Find what the table names, in a text without comments."""
    lines = LineNumbers(text)
    for pattern in patterns(kind):
        if pattern.needs and not pattern.needs.search(text):
            continue
        in_file = bool(pattern.pointed and pattern.pointed.search(text))
        for found in pattern.text.finditer(text):
            line = lines.at(found.start())
            string = strings.start(found.start())
            if pattern.role == Role.CLIENT:
                if string is not None:
                    continue
                pointed = in_file or has_address(text, found.end())
                yield Found(line, pattern.role, pattern.subject, pointed=pointed)
            # A name that begins a string is a module's or a class's.
            elif pattern.role != Role.IMPORT or string in (None, found.start() - 1):
                yield Found(line, pattern.role, pattern.subject, unless=pattern.unless)
