"""Long arguments of macros are named once, for a macro repeats the text of what it is given."""

from sqlglot import exp

from commands.sql.engine import REPEATING
from commands.sql.nodes import call

_SHORT = 8  # nodes
_VALUE = "athena_value"


def name_once(query: exp.Query) -> None:
    """f(long) becomes f(v) for the one v in [long]; without this, nesting doubles a statement."""
    for node in reversed(list(query.bfs())):
        if isinstance(node, exp.Anonymous) and node.name in REPEATING:
            long = [value for value in node.expressions if not _is_short(value)]
            if long:
                node.replace(_named(node))


def _is_short(value: exp.Expr) -> bool:
    nodes = list(value.walk())
    return len(nodes) <= _SHORT and not any(
        isinstance(node, exp.Anonymous) and node.name in REPEATING for node in nodes
    )


def _named(node: exp.Anonymous) -> exp.Expr:
    values = {
        f"v{place}": value
        for place, value in enumerate(node.expressions)
        if not isinstance(value, exp.Literal)
    }
    members = (
        exp.PropertyEQ(this=exp.to_identifier(name), expression=value.copy())
        for name, value in values.items()
    )
    holder = exp.to_identifier(_VALUE)
    arguments = [
        value.copy()
        if isinstance(value, exp.Literal)
        else exp.Dot(this=holder.copy(), expression=exp.to_identifier(f"v{place}"))
        for place, value in enumerate(node.expressions)
    ]
    body = exp.Lambda(this=call(node.name, *arguments), expressions=[holder])
    single = exp.Array(expressions=[call("struct_pack", *members)])
    return call("list_extract", call("list_transform", single, body), exp.Literal.number(1))
