"""A statement of Athena's SQL in DuckDB's, node by node; what has no translation is rejected."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlglot import exp

from commands.sql import aggregates, moments, output
from commands.sql.calls import scalar
from commands.sql.casts import cast
from commands.sql.intervals import plus_interval
from commands.sql.moments import Present
from commands.sql.nodes import Zoned, call, clock
from commands.sql.once import name_once
from commands.sql.sql_error import SqlError
from commands.sql.unnest import unnest

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.Add: "athena_add",
    exp.Sub: "athena_subtract",
    exp.Mul: "athena_multiply",
    exp.Div: "athena_divide",
    exp.Mod: "athena_mod",
    exp.DPipe: "athena_concat",
}


def to_duckdb(tree: exp.Query, today: date | None = None) -> str:
    """The same statement for a connection made by `connect`, on another day if one is given."""
    query = tree.copy()
    for select in query.find_all(exp.Select):
        output.order_by_output(select)
    moment = datetime.now(UTC).replace(tzinfo=None)
    if today:
        moment = datetime.combine(today, moment.time())
    present = Present(moment, is_fixed=today is not None)
    for node in reversed(list(query.bfs())):  # what is inside first
        translated = _translated(node, present)
        if translated is not node:
            node.replace(translated)
    aggregates.complete(query)
    output.settle_zones(query)
    output.name_columns(query)
    name_once(query)
    return query.sql("duckdb", identify=True, comments=False)


def _translated(node: exp.Expr, present: Present) -> exp.Expr:
    if isinstance(node, exp.Add | exp.Sub):
        return plus_interval(node) or _operator(node)
    if type(node) in _OPERATORS:
        return _operator(node)
    if isinstance(node, exp.Paren) and isinstance(node.this, Zoned):
        return node.this
    if isinstance(node, exp.CurrentDate | exp.CurrentTimestamp | exp.Localtimestamp):
        return moments.now(node, present)
    if isinstance(node, exp.Anonymous):
        return _call(node, present)
    translator = _TRANSLATORS.get(type(node))
    return translator(node) if translator else node


def _operator(node: exp.Expr) -> exp.Expr:
    return call(_OPERATORS[type(node)], node.args["this"], node.args["expression"])


def _call(node: exp.Anonymous, present: Present) -> exp.Expr:
    name = node.name.lower()
    if name in aggregates.AGGREGATES or name in aggregates.WINDOWED:
        return aggregates.aggregate(node)
    if name == "row" and isinstance(node.parent, exp.Cast):
        return node  # the cast says what its members are
    if name == "now" and not node.expressions:
        return moments.now(exp.CurrentTimestamp(), present)
    modified = (exp.Distinct, exp.Order, exp.Star)
    if any(isinstance(argument, modified) for argument in node.expressions) or isinstance(
        node.parent, exp.Filter | exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls
    ):
        raise SqlError(f"{name} is no aggregate function that is known here")
    if isinstance(node.parent, exp.Window) and node.arg_key == "this":
        raise SqlError(f"{name} is no window function that is known here")
    return scalar(name, list(node.expressions))


def _bracket(node: exp.Bracket) -> exp.Expr:
    [key] = node.expressions
    macro = "map_item" if isinstance(key, exp.Literal) and key.is_string else "list_item"
    return call(macro, node.this, key)


def _extract(node: exp.Extract) -> exp.Expr:
    field = node.name.lower()
    if field not in moments.FIELDS:
        known = ", ".join(sorted(moments.FIELDS)).upper()
        raise SqlError(f"EXTRACT has no {field.upper()} here; there are {known}")
    return call(f"athena_{field}", clock(node.expression))


def _interval(node: exp.Interval) -> exp.Expr:
    outer = node.parent
    while isinstance(outer, exp.Paren | exp.Neg):
        outer = outer.parent
    in_sequence = isinstance(outer, exp.Anonymous) and outer.name.lower() == "sequence"
    if isinstance(outer, exp.Add | exp.Sub) or in_sequence:
        return node
    raise SqlError(
        f"{node.sql('trino')} can only be added to or subtracted from a date or timestamp here;"
        " for lengths use date_diff"
    )


_TRANSLATORS: dict[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Cast: cast,
    exp.TryCast: cast,
    exp.Extract: _extract,
    exp.AtTimeZone: lambda node: moments.at_time_zone(node.this, node.args["zone"]),
    exp.Bracket: _bracket,
    exp.Interval: _interval,
    exp.Trim: lambda node: call("athena_trim", node.this),
    exp.StrPosition: lambda node: call("athena_strpos", node.this, node.args["substr"]),
    exp.Unnest: unnest,
    exp.WithinGroup: aggregates.within_group,
    exp.IgnoreNulls: aggregates.ignore_nulls,
    exp.RespectNulls: lambda node: node.this,
}
