"""Calls of aggregate and window functions, with FILTER, DISTINCT, ORDER BY and OVER."""

from typing import NamedTuple

from sqlglot import exp

from commands.sql.nodes import call
from commands.sql.sql_error import SqlError


class _Function(NamedTuple):
    """What DuckDB calls it, how many arguments it takes, what each is checked by."""

    name: str
    least: int
    most: int
    check: str = ""


AGGREGATES = {
    "count": _Function("count", 0, 1),
    "count_if": _Function("count_if", 1, 1),
    "sum": _Function("sum", 1, 1, "summed"),
    "avg": _Function("avg", 1, 1, "averaged"),
    "min": _Function("min", 1, 1),
    "max": _Function("max", 1, 1),
    "min_by": _Function("arg_min_null", 2, 2),
    "max_by": _Function("arg_max_null", 2, 2),
    "any_value": _Function("any_value", 1, 1),
    "arbitrary": _Function("any_value", 1, 1),
    "bool_and": _Function("bool_and", 1, 1),
    "bool_or": _Function("bool_or", 1, 1),
    "every": _Function("bool_and", 1, 1),
    "array_agg": _Function("array_agg", 1, 1),
    "stddev": _Function("stddev_samp", 1, 1, "summed"),
    "stddev_samp": _Function("stddev_samp", 1, 1, "summed"),
    "stddev_pop": _Function("stddev_pop", 1, 1, "summed"),
    "variance": _Function("var_samp", 1, 1, "summed"),
    "var_samp": _Function("var_samp", 1, 1, "summed"),
    "var_pop": _Function("var_pop", 1, 1, "summed"),
    "histogram": _Function("histogram", 1, 1),
    "approx_distinct": _Function("count", 1, 2),
    "approx_percentile": _Function("quantile_disc", 2, 2),
    "map_agg": _Function("list", 2, 2),
    "listagg": _Function("string_agg", 1, 2, "text_of"),
}
WINDOWED = {
    "row_number": _Function("row_number", 0, 0),
    "rank": _Function("rank", 0, 0),
    "dense_rank": _Function("dense_rank", 0, 0),
    "percent_rank": _Function("percent_rank", 0, 0),
    "cume_dist": _Function("cume_dist", 0, 0),
    "ntile": _Function("ntile", 1, 1),
    "lag": _Function("lag", 1, 3),
    "lead": _Function("lead", 1, 3),
    "first_value": _Function("first_value", 1, 1),
    "last_value": _Function("last_value", 1, 1),
    "nth_value": _Function("nth_value", 2, 2),
}
# sqlglot says IGNORE NULLS of these classes only.
_NULLS_IGNORED = {"lag": exp.Lag, "lead": exp.Lead, "first_value": exp.FirstValue}
_NULLS_IGNORED |= {"last_value": exp.LastValue, "nth_value": exp.NthValue}
OF_MAPS = "map_of_pairs"


def aggregate(node: exp.Anonymous) -> exp.Expr:
    """The call with its modifiers; `complete` does the rest once all of it is translated."""
    name = node.name.lower()
    function = AGGREGATES.get(name) or WINDOWED[name]
    arguments = list(node.expressions)
    plain = _plain(arguments)
    if not function.least <= len(plain) <= function.most:
        raise SqlError(f"{name} does not take {len(plain)} arguments here")
    windowed = isinstance(node.find_ancestor(exp.Window, exp.Query), exp.Window)
    if name in WINDOWED and not windowed:
        raise SqlError(f"{name} needs OVER (...)")
    if name == "listagg" and not isinstance(node.parent, exp.WithinGroup):
        raise SqlError("listagg needs WITHIN GROUP (ORDER BY ...)")
    if name == "approx_distinct":
        return call("count", exp.Distinct(expressions=[plain[0]]))
    if name == "map_agg":
        return _pairs(arguments)
    if function.check:
        plain[0].replace(call(function.check, plain[0]))
    return call(function.name, *node.expressions)


def within_group(node: exp.WithinGroup) -> exp.Expr:
    """listagg(x, ',') WITHIN GROUP (ORDER BY y)."""
    if not (isinstance(node.this, exp.Anonymous) and node.this.name == "string_agg"):
        raise SqlError("only listagg has WITHIN GROUP here")
    value, *separator = node.this.expressions
    joint = separator[0] if separator else exp.Literal.string("")
    order = exp.Order(this=joint.copy(), expressions=node.expression.expressions)
    return call("string_agg", value, order)


def ignore_nulls(node: exp.IgnoreNulls) -> exp.Expr:
    """A window function that skips nulls, in the classes of which sqlglot says so."""
    kind = _NULLS_IGNORED.get(node.this.name.lower())
    if not kind:
        raise SqlError("IGNORE NULLS is for lag, lead, first_value, last_value and nth_value")
    return exp.IgnoreNulls(this=kind.from_arg_list(node.this.expressions))


def complete(query: exp.Query) -> None:
    """Make maps of what map_agg has collected, outside of its FILTER."""
    for node in list(query.find_all(exp.Anonymous)):
        if node.meta.pop(OF_MAPS, None):
            whole: exp.Expr = node
            while isinstance(whole.parent, exp.Filter) and whole.arg_key == "this":
                whole = whole.parent
            if isinstance(whole.parent, exp.Window):
                raise SqlError("map_agg has no OVER here; use GROUP BY")
            whole.replace(call(OF_MAPS, whole.copy()))


def _plain(arguments: list[exp.Expr]) -> list[exp.Expr]:
    """The arguments without the DISTINCT and ORDER BY around them."""
    found: list[exp.Expr] = []
    for argument in arguments:
        inner = argument.this if isinstance(argument, exp.Order) else argument
        found += inner.expressions if isinstance(inner, exp.Distinct) else [inner]
    for value in found:
        if isinstance(value, exp.Column) and isinstance(value.this, exp.Star):
            raise SqlError("count(*) counts rows; t.* cannot be counted")
    return found


def _pairs(arguments: list[exp.Expr]) -> exp.Expr:
    if isinstance(arguments[0], exp.Distinct):
        raise SqlError("map_agg has no DISTINCT here: it takes each key once anyway")
    order = arguments[-1] if isinstance(arguments[-1], exp.Order) else None
    key, value = arguments[0], order.this if order else arguments[1]
    pair = call("struct_pack", *(
        exp.PropertyEQ(this=exp.to_identifier(name), expression=part.copy())
        for name, part in (("key", key), ("value", value))
    ))  # fmt: skip
    argument = exp.Order(this=pair, expressions=order.expressions) if order else pair
    collected = call("list", argument)
    collected.meta[OF_MAPS] = True
    return collected
