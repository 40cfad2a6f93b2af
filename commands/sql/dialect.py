"""Athena's SQL and types in the words of DuckDB, which stands in for Athena off AWS."""

import logging

from sqlglot import exp

from commands.sql.engine import connect
from commands.sql.sql_error import SqlError
from commands.sql.syntax import parse
from commands.sql.translate import to_duckdb

__all__ = ["SqlError", "connect", "duckdb_type", "parse", "quoted", "to_duckdb"]

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it does not know is told by SqlError


def duckdb_type(hive_type: str) -> str:
    """A column's type as DuckDB calls it: `map<string,bigint>` is `MAP(TEXT, BIGINT)`."""
    return exp.DataType.build(hive_type, dialect="hive").sql("duckdb")


def quoted(name: str) -> str:
    """A name that no keyword and no capital letter changes."""
    return exp.to_identifier(name, quoted=True).sql("duckdb")
