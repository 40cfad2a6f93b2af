"""A DuckDB that computes as Athena does and reaches nothing outside itself."""

import re
from pathlib import Path

import duckdb

_FUNCTIONS = Path(__file__).parent / "functions"
_FILES = ("checks", "arithmetic", "conversions", "text", "addresses", "collections", "time")
_SQL = "".join((_FUNCTIONS / f"{name}.sql").read_text() for name in _FILES)
MACROS = set(re.findall(r"^CREATE MACRO (athena_\w+)", _SQL, re.MULTILINE))


def connect() -> duckdb.DuckDBPyConnection:
    """An empty database with Trino's functions, which fetches nothing from anywhere."""
    connection = duckdb.connect(
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET integer_division = true")  # Athena's 7 / 2 is 3
    connection.execute("SET python_enable_replacements = false")
    connection.execute(_SQL)
    return connection


def close_off(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """From now on nothing but files in a folder can be read, and no setting be changed."""
    connection.execute(f"SET allowed_directories = ['{folder}']")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
