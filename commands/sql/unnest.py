"""UNNEST of arrays and maps in FROM, WITH ORDINALITY too."""

from sqlglot import exp

from commands.sql.nodes import call
from commands.sql.sql_error import SqlError


def unnest(node: exp.Unnest) -> exp.Expr:
    """A subquery with a column for each array, or two for a map."""
    alias, values = node.args.get("alias") or exp.TableAlias(), node.expressions
    columns = list(alias.columns)
    ordinal = node.args.get("offset")
    lists = _lists(values, len(columns))
    projections = [call("unnest", values) for values in lists]
    if ordinal:
        columns.append(ordinal if isinstance(ordinal, exp.Identifier) else exp.to_identifier("n"))
        longest = call("greatest", *(call("len", values) for values in lists))
        projections.append(call("unnest", call("generate_series", exp.Literal.number(1), longest)))
    query = exp.Subquery(this=exp.select(*projections))
    name = exp.TableAlias(this=alias.this, columns=columns)
    if isinstance(node.parent, exp.Join):
        return exp.Lateral(this=query, alias=name)
    query.set("alias", name)
    return query


def _lists(values: list[exp.Expr], columns: int) -> list[exp.Expr]:
    if columns == len(values):
        return [call("unnested", value) for value in values]
    if columns == 2 and len(values) == 1:
        return [call("map_keys", values[0]), call("map_values", values[0])]
    raise SqlError(
        "name the columns of UNNEST: AS t (x) for an array, AS t (key, value) for a map,"
        " one more WITH ORDINALITY; unnest several maps one after another"
    )
