"""date_format and date_parse: MySQL's specifiers, which Trino reads, as strftime's."""

import re

from sqlglot import exp

from commands.sql.nodes import call, clock, literal_text, text
from commands.sql.sql_error import SqlError

_BOTH_WAYS = {
    "Y": "%Y", "m": "%m", "d": "%d", "H": "%H", "i": "%M", "s": "%S", "S": "%S", "f": "%f",
    "T": "%H:%M:%S", "p": "%p", "h": "%I", "I": "%I", "c": "%-m", "e": "%-d", "k": "%-H",
    "l": "%-I", "r": "%I:%M:%S %p", "b": "%b", "M": "%B", "j": "%j", "%": "%%",
}  # fmt: skip
_WRITTEN = _BOTH_WAYS | {"a": "%a", "W": "%A", "v": "%V", "x": "%G", "y": "%y"}


def date_format(moment: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """A moment as a text."""
    return call("formatted", clock(moment), _pattern("date_format", pattern, _WRITTEN))


def date_parse(value: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """A text as a timestamp."""
    return call("parsed", value, _pattern("date_parse", pattern, _BOTH_WAYS))


def _pattern(function: str, node: exp.Expr, known: dict[str, str]) -> exp.Expr:
    given = literal_text(node, f"the format of {function}")

    def specifier(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise SqlError(f"{function} has no %{found[1]} here; there are %{' %'.join(known)}")
        return known[found[1]]

    return text(re.sub(r"%(.?)", specifier, given, flags=re.DOTALL))
