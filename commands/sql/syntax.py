"""A statement read by Trino's grammar; what is not known here is rejected with a sentence."""

import re
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import SqlglotError
from sqlglot.parsers.trino import TrinoParser
from sqlglot.tokenizer_core import TokenType

from commands.sql.grammar import JOINS, KNOWN, SYMBOLS
from commands.sql.sql_error import SqlError

_SPECIAL = ("CAST", "TRY_CAST", "EXTRACT", "POSITION", "TRIM")  # have a syntax of their own
_QUOTED = {TokenType.STRING, TokenType.IDENTIFIER, TokenType.UNICODE_STRING}


class _Parser(TrinoParser):
    FUNCTIONS: ClassVar[dict[str, Any]] = {}
    FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        name: TrinoParser.FUNCTION_PARSERS[name] for name in _SPECIAL
    }
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
        "CASE": TrinoParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
    }


class TrinoSyntax(Trino):
    """Trino's grammar without sqlglot's knowledge of functions: each call keeps its name."""

    INDEX_OFFSET = 0
    Parser = _Parser


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
        is_symbol = token.token_type not in _QUOTED and re.match(r"\W", token.text)
        if is_symbol and token.text not in SYMBOLS:
            raise SqlError(f"line {token.line}: Athena has no operator {token.text}")
    for node in tree.walk():
        _check(node)
    return tree


def _check(node: exp.Expr) -> None:
    known = KNOWN.get(type(node))
    if known is None:
        raise SqlError(f"{_shown(node)} is not answered here as Athena would; write it otherwise")
    for name, value in node.args.items():
        if value and name not in known:
            raise SqlError(f"{name.strip('_').upper()} in {_shown(node)} is not known here")
    if isinstance(node, exp.Join) and (node.side, node.kind) not in JOINS:
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
