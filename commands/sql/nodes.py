"""The pieces of a statement in DuckDB's words that translations are made of."""

from sqlglot import exp

from commands.sql.sql_error import SqlError


class Zoned(exp.Expression):
    """A timestamp with a time zone other than UTC, for which DuckDB has no type."""

    arg_types = {"this": True, "zone": True}  # noqa: RUF012 # as sqlglot's own nodes do

    @property
    def local(self) -> exp.Expr:
        """What a clock shows there."""
        return call("local_time", self.this, self.args["zone"])


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    """A function or macro of DuckDB's connection."""
    copies = [argument.copy() if argument.parent else argument for argument in arguments]
    return exp.Anonymous(this=function, expressions=copies)


def text(value: str) -> exp.Expr:
    """A text between quotes."""
    return exp.Literal.string(value)


def literal_text(node: exp.Expr, what: str) -> str:
    """The value of a text that must be written out, for it decides about the translation."""
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise SqlError(f"{what} must be a text between quotes here, not {node.sql('trino')}")
    return node.name


def clock(node: exp.Expr) -> exp.Expr:
    """The value whose date and hours count: that of its own zone."""
    return node.local if isinstance(node, Zoned) else node
