"""Calls of scalar functions: what Trino calls each, and what answers it here."""

import re
from collections.abc import Callable

from sqlglot import exp

from commands.sql import lambdas, moments
from commands.sql.aggregates import AGGREGATES, WINDOWED
from commands.sql.casts import MAP_JSON, tried
from commands.sql.engine import MACROS
from commands.sql.intervals import series
from commands.sql.nodes import Zoned, call, clock, literal_text, text
from commands.sql.sql_error import SqlError

# Functions that Trino has and this has not, and what says the same.
_INSTEAD = {
    "array_intersect": "filter(a, x -> contains(b, x))",
    "checksum": "count and sum",
    "format": "concat with CAST, lpad, round or date_format",
    "format_datetime": "date_format",
    "json_extract": "json_extract_scalar",
    "json_parse": "json_extract_scalar on the text itself",
    "json_size": "json_array_length",
    "parse_datetime": "date_parse",
    "position": "strpos",
    "regexp_position": "strpos or regexp_extract",
    "repeat": "sequence with transform, or rpad",
    "row": "a column for each field, or concat for count(DISTINCT ...)",
    "sign": "CASE",
    "split_to_map": "split and transform",
    "to_char": "date_format",
    "to_timestamp": "date_parse",
    "zip": "UNNEST(a, b) AS t (x, y)",
}
# Macros that a statement has operators for.
OPERATORS = {"add", "subtract", "multiply", "divide"}
_JSON_PATH = re.compile(r"""\.([A-Za-z_]\w*)|\[(\d+)\]|\["([^"\\]*)"\]|\['([^'\\]*)'\]""")


def scalar(name: str, arguments: list[exp.Expr]) -> exp.Expr:
    """A call of a function by its name in Trino."""
    special = _SPECIAL.get(name)
    if special:
        try:
            return special(*arguments)
        except TypeError:
            raise SqlError(f"{name} does not take {len(arguments)} arguments here") from None
    if f"athena_{name}" not in MACROS or name in OPERATORS:
        instead = _INSTEAD.get(name, "")
        raise SqlError(
            f"{name} is not among the functions that are answered here as in Athena; "
            + (f"use {instead}" if instead else ".functions at the prompt of `make sql` lists them")
        )
    if name in moments.BY_CLOCK:
        arguments = [clock(argument) for argument in arguments]
    if name == "to_unixtime":
        arguments = [a.this if isinstance(a, Zoned) else a for a in arguments]
    return call(f"athena_{name}", *arguments)


def function_names() -> list[str]:
    """Every function that may be called."""
    scalar_names = {macro.removeprefix("athena_") for macro in MACROS} - OPERATORS
    return sorted({*_SPECIAL, *scalar_names, *AGGREGATES, *WINDOWED, "cast", "extract", "now"})


def _if(condition: exp.Expr, true: exp.Expr, false: exp.Expr | None = None) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition, true=true)], default=false)


def _coalesce(first: exp.Expr, *others: exp.Expr) -> exp.Expr:
    return call("coalesce", first, *others)


def _extreme(function: str) -> Callable[..., exp.Expr]:
    """In Trino null is the greatest and the least."""

    def greatest_or_least(first: exp.Expr, *others: exp.Expr) -> exp.Expr:
        unknown = exp.or_(
            *(exp.Is(this=value.copy(), expression=exp.null()) for value in (first, *others))
        )
        return _if(exp.not_(exp.paren(unknown)), call(function, first, *others))

    return greatest_or_least


def _joined(macro: str) -> Callable[..., exp.Expr]:
    """A function of two arguments, of as many as are given."""

    def joined(first: exp.Expr, second: exp.Expr, *others: exp.Expr) -> exp.Expr:
        whole = call(macro, first, second)
        for other in others:
            whole = call(macro, whole, other)
        return whole

    return joined


def _concat_ws(separator: exp.Expr, *texts: exp.Expr) -> exp.Expr:
    return call("concat_ws", separator, *(call("text_of", value) for value in texts))


def _regexp_replace(
    value: exp.Expr, pattern: exp.Expr, replacement: exp.Expr | None = None
) -> exp.Expr:
    """Trino writes a group as $1, DuckDB as \\1."""
    given = literal_text(replacement, "the replacement of regexp_replace") if replacement else ""
    if re.search(r"\$[^0-9]|\$$", given.replace("\\$", "")):
        raise SqlError("a group is written $1 here, and a dollar sign \\$")
    parts = re.split(r"(\\.|\$\d)", given, flags=re.DOTALL)
    translated = [
        f"\\{part[1]}" if part[:1] == "$" else part.removeprefix("\\").replace("\\", "\\\\")
        for part in parts
    ]
    return call("regexp_replaced", value, pattern, text("".join(translated)))


def _json_extract_scalar(value: exp.Expr, path: exp.Expr) -> exp.Expr:
    given = literal_text(path, "the path of json_extract_scalar")
    keys = list(_JSON_PATH.finditer(given))
    if "$" + "".join(key[0] for key in keys) != given:
        raise SqlError(f'the path {given} is not known here: write $.name, $[0] or $["name"]')
    steps = (f"[{k[2]}]" if k[2] else f'."{k[1] or k[3] or k[4] or ""}"' for k in keys)
    return call("json_scalar", value, text("$" + "".join(steps)))


def _json_format(value: exp.Expr) -> exp.Expr:
    if isinstance(value, exp.Anonymous) and value.name == MAP_JSON:
        return value
    raise SqlError("json_format is known here of CAST(map AS json) only")


def _sequence(first: exp.Expr, last: exp.Expr, step: exp.Expr | None = None) -> exp.Expr:
    if step is not None and step.find(exp.Interval):
        return series(first, last, step)
    return call("athena_sequence", first, last, *([step] if step is not None else []))


_SPECIAL: dict[str, Callable[..., exp.Expr]] = {
    **moments.SPECIAL,
    **lambdas.SPECIAL,
    "if": _if,
    "try": tried,
    "coalesce": _coalesce,
    "nullif": lambda a, b: call("nullif", a, b),
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "concat": _joined("athena_concat"),
    "map_concat": _joined("athena_map_concat"),
    "concat_ws": _concat_ws,
    "regexp_replace": _regexp_replace,
    "json_extract_scalar": _json_extract_scalar,
    "json_format": _json_format,
    "sequence": _sequence,
}
