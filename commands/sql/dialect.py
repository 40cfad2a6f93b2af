"""Athena's SQL and types in the words of DuckDB, which stands in for Athena off AWS."""

import logging
import re
from datetime import date
from functools import partial

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it does not know is told by SqlError


class SqlError(Exception):
    """The statement is wrong; the text says where."""


def duckdb_type(hive_type: str) -> str:
    """A column's type as DuckDB calls it: `map<string,bigint>` is `MAP(TEXT, BIGINT)`."""
    return exp.DataType.build(hive_type, dialect="hive").sql("duckdb")


def quoted(name: str) -> str:
    """A name that no keyword and no capital letter changes."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def parse(sql: str) -> exp.Query:
    """One statement of Athena's SQL; anything but a query is rejected."""
    try:
        trees = [tree for tree in sqlglot.parse(sql, read="athena") if tree]
    except SqlglotError as error:
        raise SqlError(_plain(error)) from None
    if len(trees) != 1:
        raise SqlError(f"one statement was expected, not {len(trees)}")
    if not isinstance(trees[0], exp.Query):
        raise SqlError("only a query can be run: SELECT, WITH or VALUES")
    return trees[0]


def to_duckdb(tree: exp.Expr, today: date | None = None) -> str:
    """The same statement for a connection made by `connect`, on another day if one is given."""
    return tree.transform(partial(_same_meaning, today)).sql("duckdb", comments=False)


def connect() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB that computes as Athena does and fetches nothing from anywhere."""
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET integer_division = true")  # Athena's 7 / 2 is 3
    return connection


def _same_meaning(today: date | None, node: exp.Expr) -> exp.Expr:
    if today and isinstance(node, exp.CurrentDate):
        return exp.cast(exp.Literal.string(today.isoformat()), "date")
    if isinstance(node, exp.DateDiff):
        # Athena counts whole units between two moments, DuckDB's date_diff the borders crossed.
        unit = exp.Literal.string(node.text("unit").lower() or "day")
        return _call("date_sub", unit, node.expression, node.this)
    if isinstance(node, exp.ApproxQuantile):
        # Over few rows Athena's approximation is one of the values.
        return _call("quantile_disc", node.this, node.args["quantile"])
    return node


def _call(function: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=function, expressions=list(arguments))


def _plain(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    near = " ".join(f"{first['start_context'][-30:]}{first['highlight']}".split())
    what = re.sub(r"<Token .*?text: (.*?), line.*?>", r"\1", first["description"]).rstrip(".")
    return f"line {first['line']}: {what}, at the end of: {near}"
