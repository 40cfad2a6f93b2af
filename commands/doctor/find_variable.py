"""The variable AWS_ENDPOINT_URL_PINPOINT, whatever kind of file: whether it gets an address."""

import re
from collections.abc import Iterator

from commands.doctor.found import Found, Role
from commands.doctor.line_numbers import LineNumbers

NAME = "AWS_ENDPOINT_URL_PINPOINT"
_VARIABLE = re.compile(
    rf"\b{NAME}\b(?!_)(?P<set>[\"'`\])]*"
    # `=`, `:`, an argument, Docker's space, or a member named `value` beside it or below it.
    r"(?:[ \t]*(?:=>|[:?]?=(?!=)|:|,)[ \t]*|[ \t]+)?"
    r"(?:\s{0,80}(?:-\s{0,9})?[\"']?[vV]alue[\"']?[ \t]*[:=][ \t]*)?"
    r"(?P<value>\"[^\"\n]*\"|'[^'\n]*'|(?!!?=)[^\s,;()}\]]*))"
)
_TAKEN = re.compile(
    r"(?:\b(?:unset|unsetenv|pop|delenv|del|delete|remove\w*)\b|(?<!\S)(?:-u|--unset))[^;&|\n]*$",
    re.IGNORECASE,
)
_LINE = 300  # characters before the name that are looked at
_EMPTY = frozenset(["", "none", "null", "nil", "undefined", "~", "in", "is", "not"])
_AWS = re.compile(r"://pinpoint(?:-fips)?\.[^/'\"\s]{1,80}\.amazonaws\.com", re.IGNORECASE)


def is_address(value: str) -> bool:
    """Whether an expression gives an address that is not AWS's own: not `None`, not ''."""
    return value.strip(" \t\n'\"`").lower() not in _EMPTY and not _AWS.search(value)


def find_variable(text: str) -> Iterator[Found]:
    """Find it in a text without comments; `pointed` where an address is assigned."""
    lines = LineNumbers(text)
    for found in _VARIABLE.finditer(text) if NAME in text else ():
        before = text[max(0, found.start() - _LINE) : found.start()].rpartition("\n")[2]
        given = found["set"].strip(" \t\n'\"`])") and is_address(found["value"])
        pointed = bool(given) and not _TAKEN.search(before)
        yield Found(lines.at(found.start()), Role.SETTING, "environment", pointed=pointed)
