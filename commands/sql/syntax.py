"""What of Trino's grammar a statement may use; the rest is rejected with a sentence."""

import re
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from commands.sql.sql_error import SqlError

_SPECIAL = {"CAST", "TRY_CAST", "EXTRACT", "POSITION", "TRIM"}  # that have a syntax of their own


class TrinoSyntax(Trino):
    """Trino's grammar without sqlglot's knowledge of functions: each call keeps its name."""

    INDEX_OFFSET = 0

    class Parser(Trino.Parser):
        FUNCTIONS: ClassVar = {}
        FUNCTION_PARSERS: ClassVar = {
            name: parser
            for name, parser in Trino.Parser.FUNCTION_PARSERS.items()
            if name in _SPECIAL
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar = {
            "CASE": Trino.Parser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }


_SYMBOLS = set("( ) [ ] , . ; + - * / % = <> != < <= > >= || ->".split())
_QUOTED = {TokenType.STRING, TokenType.IDENTIFIER, TokenType.UNICODE_STRING}
_QUERY = {"with_", "order", "limit", "offset"}
_BINARY = {"this", "expression"}
# Each kind of node, and what of it may be given.
_KNOWN: dict[type[exp.Expr], set[str]] = {
    exp.Select: _QUERY | {"distinct", "expressions", "from_", "joins", "where", "group", "having"},
    exp.Subquery: _QUERY | {"this", "alias"},
    exp.Values: {"expressions", "alias"} | _QUERY,
    exp.With: {"expressions"},
    exp.CTE: {"this", "alias"},
    exp.TableAlias: {"this", "columns"},
    exp.From: {"this"},
    exp.Join: {"this", "side", "kind", "on", "using"},
    exp.Table: {"this", "db", "catalog", "alias", "joins"},
    exp.Unnest: {"expressions", "alias", "offset"},
    exp.Alias: {"this", "alias"},
    exp.Column: {"this", "table", "db", "catalog"},
    exp.Star: set(),
    exp.Distinct: {"expressions"},
    exp.Group: {"expressions"},
    exp.Ordered: {"this", "desc", "nulls_first"},
    exp.Order: {"this", "expressions"},
    exp.Limit: {"expression"},
    exp.Offset: {"expression"},
    exp.Window: {"this", "partition_by", "order", "spec", "over"},
    exp.WindowSpec: {"kind", "start", "start_side", "end", "end_side"},
    exp.Literal: {"this", "is_string"},
    exp.Identifier: {"this", "quoted"},
    exp.Cast: {"this", "to"},
    exp.TryCast: {"this", "to", "safe", "requires_string"},
    exp.DataType: {"this", "expressions", "nested"},
    exp.Interval: {"this", "unit"},
    exp.IntervalSpan: _BINARY,
    exp.Case: {"this", "ifs", "default"},
    exp.If: {"this", "true"},
    exp.In: {"this", "expressions", "query"},
    exp.Between: {"this", "low", "high"},
    exp.DPipe: _BINARY,
    exp.Div: _BINARY | {"typed", "safe"},
    exp.Bracket: {"this", "expressions"},
    exp.Lambda: {"this", "expressions"},
    exp.Anonymous: {"this", "expressions"},
    exp.Array: {"expressions"},
    exp.AtTimeZone: {"this", "zone"},
    exp.Trim: {"this"},
    exp.StrPosition: {"this", "substr"},
}
_SET_OPERATION = _QUERY | {"this", "expression", "distinct"}
_KNOWN |= dict.fromkeys((exp.Union, exp.Intersect, exp.Except), _SET_OPERATION)
_KNOWN |= dict.fromkeys((exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple), {"expressions"})
_KNOWN |= dict.fromkeys((exp.Where, exp.Having, exp.Paren, exp.Neg, exp.Not, exp.Exists), {"this"})
_KNOWN |= dict.fromkeys((exp.Boolean, exp.DataTypeParam, exp.IgnoreNulls, exp.RespectNulls, exp.Var), {"this"})
_KNOWN |= dict.fromkeys((exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp, exp.Null), set())
_KNOWN |= dict.fromkeys((exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Mod), _BINARY)
_KNOWN |= dict.fromkeys((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is), _BINARY)
_KNOWN |= dict.fromkeys((exp.NullSafeEQ, exp.NullSafeNEQ, exp.Like, exp.Escape, exp.Dot), _BINARY)
_KNOWN |= dict.fromkeys((exp.Filter, exp.WithinGroup, exp.Extract), _BINARY)
_JOINS = {("", ""), ("", "INNER"), ("", "CROSS")} | {
    (side, kind) for side in ("LEFT", "RIGHT", "FULL") for kind in ("", "OUTER")
}


def parse(sql: str) -> exp.Query:
    """One statement of Athena's SQL; anything but a query is rejected."""
    try:
        tokens = TrinoSyntax().tokenize(sql)
        trees = [tree for tree in sqlglot.parse(sql, read=TrinoSyntax) if tree]
    except SqlglotError as error:
        raise SqlError(_plain(error)) from None
    if len(trees) != 1:
        raise SqlError(f"one statement was expected, not {len(trees)}")
    tree = trees[0]
    if isinstance(tree, exp.Values):
        tree = exp.select("*").from_(tree)
    begin = tokens[0].text.upper()
    if not isinstance(tree, exp.Query) or begin not in {"SELECT", "WITH", "VALUES", "("}:
        raise SqlError("only a query can be run: SELECT, WITH or VALUES")
    for token in tokens:
        if token.token_type not in _QUOTED and re.match(r"\W", token.text):
            if token.text not in _SYMBOLS:
                raise SqlError(f"line {token.line}: Athena has no operator {token.text}")
    for node in tree.walk():
        _check(node)
    return tree


def _check(node: exp.Expr) -> None:
    known = _KNOWN.get(type(node))
    if known is None:
        raise SqlError(f"{_shown(node)} is not answered here as Athena would; write it otherwise")
    for name, value in node.args.items():
        if value and name not in known:
            raise SqlError(f"{name.strip('_').upper()} in {_shown(node)} is not known here")
    if isinstance(node, exp.Join) and (node.side, node.kind) not in _JOINS:
        raise SqlError(f"Athena has no {node.side} {node.kind} JOIN")
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise SqlError(f"{_shown(node)} is no table or view; .tables lists them")
    if isinstance(node, exp.Dot) and not isinstance(node.expression, exp.Identifier):
        raise SqlError(f"{_shown(node)}: functions have no schema")


def _shown(node: exp.Expr) -> str:
    text = " ".join(node.sql("trino", comments=False).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _plain(error: SqlglotError) -> str:
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    near = " ".join(f"{first['start_context'][-30:]}{first['highlight']}".split())
    what = re.sub(r"<Token .*?text: (.*?), line.*?>", r"\1", first["description"]).rstrip(".")
    return f"line {first['line']}: {what}, at the end of: {near}"
