"""CAST and TRY_CAST, and the literals that sqlglot reads as casts: DATE '2026-01-01'."""

import re

from sqlglot import exp

from commands.sql.moments import timestamp_literal
from commands.sql.nodes import Zoned, call, clock
from commands.sql.sql_error import SqlError

_WHOLE = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}
# What a macro is called that gives null instead of failing.
_TRIED = {
    "athena_date": "try_date",
    "boolean_of": "try_boolean_of",
    "convertible": "try_convertible",
    "iso_instant": "try_iso_instant",
    "timestamp_of": "try_timestamp_of",
    "whole": "try_whole",
}
MAP_JSON = "map_json"
_SHOWN = "use boolean, integer, bigint, double, decimal(p, s), varchar, date, timestamp or row"


def cast(node: exp.Cast) -> exp.Expr:
    """The value in another type, converted as Trino does it."""
    value, kind = node.this, node.to
    if _is_empty(value) and kind.is_type(exp.DType.ARRAY, exp.DType.MAP):
        return exp.cast(value, kind)
    if kind.is_type(exp.DType.STRUCT):
        return _row(node, kind)
    if kind.is_type(exp.DType.JSON):
        return _json(node)
    converted = _converted(value, kind)
    return tried(converted) if isinstance(node, exp.TryCast) else converted


def _row(node: exp.Cast, kind: exp.DataType) -> exp.Expr:
    """`CAST(ROW(...) AS ROW(name type, ...))`, each member converted, and a null of such a type."""
    value, members = node.this, kind.expressions
    if isinstance(value, exp.Null):
        return exp.cast(value, kind)
    is_row = isinstance(value, exp.Anonymous) and value.name.lower() == "row"
    given = value.expressions if is_row else []
    named = all(isinstance(member, exp.ColumnDef) for member in members)
    if isinstance(node, exp.TryCast) or not named or len(given) != len(members):
        raise SqlError(f"CAST AS {_name(kind)} is known here of a ROW(...) of as many values only")
    converted = (_member(v, member.kind) for v, member in zip(given, members, strict=True))
    return exp.cast(call("row", *converted), kind)


def _json(node: exp.Cast) -> exp.Expr:
    """`json_format(CAST(map AS json))`, which is the text of it; there is no json by itself."""
    outer = node.parent
    is_shown = isinstance(outer, exp.Anonymous) and outer.name.lower() == "json_format"
    if isinstance(node, exp.TryCast) or not is_shown:
        raise SqlError("CAST AS json is known here in json_format(CAST(map AS json)) only")
    return call(MAP_JSON, node.this)


def _member(value: exp.Expr, kind: exp.DataType) -> exp.Expr:
    nested = kind.is_type(exp.DType.ARRAY, exp.DType.MAP, exp.DType.STRUCT)
    return value if nested else _converted(value, kind)


def tried(value: exp.Expr) -> exp.Expr:
    """Null where the value cannot be computed; of what fails often, without failing."""
    if isinstance(value, Zoned):
        return Zoned(this=tried(value.this), zone=value.args["zone"])
    if isinstance(value, exp.Cast) and value.this.name in _TRIED:
        return exp.TryCast(this=tried(value.this), to=value.to)
    if isinstance(value, exp.Anonymous) and value.name in _TRIED:
        return call(_TRIED[value.name], *value.expressions)
    return call("try", value)


def _converted(value: exp.Expr, kind: exp.DataType) -> exp.Expr:
    sizes = [int(size.name) for size in kind.expressions if isinstance(size, exp.DataTypeParam)]
    if kind.is_type(exp.DType.TIMESTAMPTZ) and _is_text(value):
        return timestamp_literal(value.name)
    if kind.is_type(exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ):
        return _timestamp(value, kind, sizes)
    if kind.is_type(exp.DType.DATE):
        return call("athena_date", clock(value))
    if isinstance(value, Zoned) and not kind.is_type(exp.DType.VARCHAR):
        raise SqlError(f"a timestamp with a time zone cannot become {_name(kind)}")
    if kind.this in _WHOLE and not sizes:
        return exp.cast(call("whole", value), kind)
    if kind.is_type(exp.DType.DOUBLE) or (kind.is_type(exp.DType.DECIMAL) and len(sizes) == 2):
        return exp.cast(call("convertible", value), kind)
    if kind.is_type(exp.DType.BOOLEAN):
        return call("boolean_of", value)
    if kind.is_type(exp.DType.VARCHAR):
        return _varchar(value, sizes)
    raise SqlError(f"CAST AS {_name(kind)} is not known here: {_SHOWN}")


def _timestamp(value: exp.Expr, kind: exp.DataType, sizes: list[int]) -> exp.Expr:
    literal = _is_text(value) and re.search(r"(?:\.(\d*))?$", value.name)
    digits = len(literal[1] or "") if literal else 3
    if sizes not in ([], [3]) and (sizes != [digits] or digits > 3):
        raise SqlError(f"{_name(kind)} is not known here: timestamp has milliseconds")
    if kind.is_type(exp.DType.TIMESTAMPTZ):
        return value if isinstance(value, Zoned) else call("zoned_of", value)
    exact = sizes in ([], [3])
    return call("timestamp_of" if exact else "coarse_timestamp", clock(value))


def _varchar(value: exp.Expr, sizes: list[int]) -> exp.Expr:
    if any(inner.name == "coarse_timestamp" for inner in value.find_all(exp.Anonymous)):
        raise SqlError("the text of a timestamp shows its digits: write TIMESTAMP '... .000'")
    if isinstance(value, Zoned):
        shown = call("zoned_text", value.this, value.args["zone"])
    else:
        shown = call("varchar_of", value)
    if not sizes:
        return shown
    source = shown if isinstance(value, Zoned) else value
    return call("short_varchar_of", source, exp.Literal.number(sizes[0]))


def _is_text(value: exp.Expr) -> bool:
    return isinstance(value, exp.Literal) and value.is_string


def _is_empty(value: exp.Expr) -> bool:
    if isinstance(value, exp.Anonymous):
        return value.name == "athena_map" and not value.expressions
    return isinstance(value, exp.Null) or (isinstance(value, exp.Array) and not value.expressions)


def _name(kind: exp.DataType) -> str:
    return kind.sql("trino").lower()
