"""What a statement as a whole shows: the order of its rows, time zones and names of columns."""

from sqlglot import exp

from commands.sql.nodes import Zoned, call
from commands.sql.sql_error import SqlError

# What only looks at the instant of a timestamp with a time zone.
_BY_INSTANT = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.NullSafeEQ,
    exp.NullSafeNEQ, exp.Is, exp.Ordered, exp.Group, exp.Distinct, exp.Window,
)  # fmt: skip


def order_by_output(select: exp.Select) -> None:
    """Within ORDER BY a name is that of an output column first, also inside an expression."""
    named = {
        one.alias.lower(): one.this for one in select.expressions if isinstance(one, exp.Alias)
    }
    order = select.args.get("order")
    for term in order.expressions if order else ():
        if not isinstance(term.this, exp.Column):
            for column in list(term.find_all(exp.Column)):
                value = None if column.table else named.get(column.name.lower())
                if value is not None and column.find_ancestor(exp.Query) is select:
                    column.replace(exp.paren(value.copy()))


def settle_zones(query: exp.Query) -> None:
    """A timestamp with a time zone is compared by its instant and shown in its zone."""
    for node in list(query.find_all(Zoned)):
        above = node.parent
        if isinstance(above, _BY_INSTANT):
            node.replace(node.this)
            continue
        shown = above.parent if isinstance(above, exp.Alias) else above
        if shown is not query or not isinstance(query, exp.Select):
            raise SqlError(
                "a timestamp with a time zone can only be compared, formatted, truncated, cast or"
                " shown here: cast it AS timestamp or AS date, or put it AT TIME ZONE 'UTC'"
            )
        node.replace(_zoned_column(node))


def _zoned_column(node: Zoned) -> exp.Expr:
    return call("zoned_value", node.this, node.args["zone"])


def name_columns(query: exp.Query) -> None:
    """Columns without a name are called as Athena calls them."""
    first: exp.Expr = query
    while not isinstance(first, exp.Select):
        first = first.this
    for number, column in enumerate(list(first.expressions)):
        if not isinstance(column, exp.Alias | exp.Column | exp.Dot | exp.Star):
            column.replace(exp.alias_(column.copy(), f"_col{number}"))
