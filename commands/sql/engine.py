"""A DuckDB that computes as Athena does and reaches nothing outside itself."""

import re
from pathlib import Path

import duckdb

from commands.sql.file_names import path_text, to_read

_FUNCTIONS = Path(__file__).parent / "functions"
_FILES = ("checks", "arithmetic", "conversions", "text", "addresses", "collections", "time")
_SQL = "".join((_FUNCTIONS / f"{name}.sql").read_text() for name in _FILES)
_MACRO = re.compile(r"^CREATE MACRO (\w+)\(([^)]*)\) AS(.*?);$", re.MULTILINE | re.DOTALL)
_DEFINED = {name: (parameters, body) for name, parameters, body in _MACRO.findall(_SQL)}
MACROS = {name for name in _DEFINED if name.startswith("athena_")}


def _says_twice(parameters: str, body: str) -> bool:
    words = re.findall(r"\w+", body)
    own = any(word in _DEFINED for word in words)
    return own or any(words.count(name.strip()) > 1 for name in parameters.split(","))


# Macros are replaced by their text: these repeat what they are given.
REPEATING = {name for name, (parameters, body) in _DEFINED.items() if _says_twice(parameters, body)}


def connect_plain(**limits: str | int) -> duckdb.DuckDBPyConnection:
    """An empty database with DuckDB's own functions, which fetches nothing from anywhere."""
    fetched = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    return duckdb.connect(config={**fetched, **limits})


def connect(**limits: str | int) -> duckdb.DuckDBPyConnection:
    """An empty database with Trino's functions, which fetches nothing from anywhere."""
    connection = connect_plain(**limits)
    connection.execute("SET enable_progress_bar = false")  # it is printed where answers are
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET integer_division = true")  # Athena's 7 / 2 is 3
    connection.execute("SET python_enable_replacements = false")
    connection.execute(_SQL)
    return connection


def close_off(connection: duckdb.DuckDBPyConnection, *folders: Path) -> None:
    """From now on nothing but files in these folders can be read, and no setting be changed."""
    # By name, and as what is read is called.
    names = [name for folder in folders for name in (str(folder), to_read(folder))]
    listed = ", ".join(map(path_text, names))
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def complaint(error: duckdb.Error) -> str:
    """What DuckDB has against a statement, in the statement's own words."""
    told = re.search(r"athena: (.*)' to BOOL", str(error), re.DOTALL)
    if told:
        return told[1]
    if isinstance(error, duckdb.OutOfMemoryException):
        return "the statement needs more memory than there is for it: ask for less"
    first = str(error).split("\n\n")[0].split("\n\tCandidate")[0]
    types = re.search(r"given name and argument types '(.*)'", first)
    if types and types[1].startswith("|("):
        return "date_add takes a whole number"
    if types and "map_contains" not in types[1]:
        shown = types[1].replace("athena_", "")
        return f"the types do not fit in {shown}: CAST; of dates, date_add and date_diff"
    if types:
        return "only a map has texts as keys: a field of a row is written row.field"
    return first.replace("athena_", "")
