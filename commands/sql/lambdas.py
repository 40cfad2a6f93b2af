"""Functions that take a lambda: transform(a, x -> x + 1)."""

from collections.abc import Callable

from sqlglot import exp

from commands.sql.nodes import call
from commands.sql.sql_error import SqlError

_ENTRY = "athena_entry"


def _transform(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    return call("list_transform", values, _lambda(function, 1))


def _filter(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    return call("list_filter", values, _lambda(function, 1))


def _reduce(values: exp.Expr, start: exp.Expr, step: exp.Expr, last: exp.Expr) -> exp.Expr:
    reduced = call("list_reduce", values, _lambda(step, 2), start)
    return _applied(_lambda(last, 1), reduced)


def _match(macro: str) -> Callable[..., exp.Expr]:
    """Whether elements of the array are so; unknown if only an unknown one could tell."""
    return lambda values, function: call(macro, _transform(values, function))


def _map_filter(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    chosen = call("list_filter", call("map_entries", values), _entry_lambda(function))
    return call("map_from_entries", chosen)


def _transform_values(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    results = call("list_transform", call("map_entries", values), _entry_lambda(function))
    return call("map", call("map_keys", values), results)


def _transform_keys(values: exp.Expr, function: exp.Expr) -> exp.Expr:
    results = call("list_transform", call("map_entries", values), _entry_lambda(function))
    return call("map", results, call("map_values", values))


def _lambda(node: exp.Expr, parameters: int) -> exp.Lambda:
    if not isinstance(node, exp.Lambda) or len(node.expressions) != parameters:
        wanted = {1: "x -> ...", 2: "(x, y) -> ..."}[parameters]
        raise SqlError(f"a function {wanted} is wanted, not {node.sql('trino')}")
    return node


def _applied(function: exp.Lambda, value: exp.Expr) -> exp.Expr:
    return _replaced(function.this, {function.expressions[0].name: value})


def _entry_lambda(node: exp.Expr) -> exp.Lambda:
    """A function of key and value as one of an entry."""
    function = _lambda(node, 2)
    entry = exp.to_identifier(_ENTRY)
    key, value = (parameter.name for parameter in function.expressions)
    members: dict[str, exp.Expr] = {
        name: exp.Dot(this=entry.copy(), expression=exp.to_identifier(member))
        for name, member in ((key, "key"), (value, "value"))
    }
    return exp.Lambda(this=_replaced(function.this, members), expressions=[entry])


def _replaced(body: exp.Expr, values: dict[str, exp.Expr]) -> exp.Expr:
    """The body with its parameters replaced; a Column's identifiers are of the table."""
    holder = exp.Paren(this=body.copy())
    for identifier in list(holder.find_all(exp.Identifier)):
        is_member = isinstance(identifier.parent, exp.Dot) and identifier.arg_key == "expression"
        if identifier.name in values and not is_member and not identifier.find_ancestor(exp.Column):
            identifier.replace(values[identifier.name].copy())
    return holder


SPECIAL: dict[str, Callable[..., exp.Expr]] = {
    "transform": _transform,
    "filter": _filter,
    "reduce": _reduce,
    "any_match": _match("some_true"),
    "none_match": _match("none_true"),
    "all_match": _match("all_true"),
    "map_filter": _map_filter,
    "transform_values": _transform_values,
    "transform_keys": _transform_keys,
}
