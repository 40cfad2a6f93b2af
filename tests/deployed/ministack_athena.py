"""MiniStack's Athena with views, typed empty tables, projected partitions and Athena's own SQL.

Each table that a query names becomes a DuckDB view over its files, and a view of the Glue catalog
one over the text that it holds; then the query runs as it is, translated from Athena's dialect.
"""

import asyncio
import base64
import json
import shutil
from importlib import import_module
from typing import Any

import duckdb
from sqlglot import exp

from commands.sql.athena_text import athena_text
from commands.sql.dialect import connect, duckdb_type, parse, quoted, to_duckdb
from tests.deployed.ministack_views import keep, new_view

athena: Any = import_module("ministack.services.athena")
glue: Any = import_module("ministack.services.glue")
Table = dict[str, Any]
_VIEW = ("/* Presto View: ", " */")
_TYPES = {"TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "TIMESTAMP_MS": "timestamp"}


def install() -> None:
    """Put this in MiniStack's place."""
    athena._run_duckdb = run


async def run(sql: str, database: str, _catalog: str | None = None) -> dict[str, Any]:
    """The result of a query; what is raised becomes the query's StateChangeReason."""
    view = new_view(sql)
    query = parse(view.sql if view else sql)
    folders: list[str] = []
    connection = connect()
    try:
        _define(connection, query, database or "default", folders)
        if view:
            return keep(connection, view, query, database or "default")
        return await asyncio.to_thread(_fetch, connection, to_duckdb(query))
    finally:
        connection.close()
        for folder in folders:
            shutil.rmtree(folder)


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    result = connection.execute(sql)
    return {
        "columns": [column[0] for column in result.description or ()],
        "column_types": [_athena_type(str(column[1])) for column in result.description or ()],
        "rows": [[athena_text(value) for value in row] for row in result.fetchall()],
    }


def _define(
    connection: duckdb.DuckDBPyConnection, query: exp.Expr, database: str, folders: list[str]
) -> None:
    """Make what the query reads, and what that reads; the database is where names are looked up."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(database)}")
    connection.execute(f"SET search_path = '{quoted(database)},main'")  # main has the functions
    for reference in query.find_all(exp.Table):
        reference.set("catalog", None)
        home, name = reference.db or database, reference.name
        table = glue._tables.get(f"{home}/{name}")
        if not table:
            continue  # a WITH's name; a table that is missing is DuckDB's to tell
        relation = f"{quoted(home)}.{quoted(name)}"
        if table.get("TableType") == "VIRTUAL_VIEW":
            body = parse(_view_text(table))
            _define(connection, body, home, folders)
            source = to_duckdb(body)
        else:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(home)}")
            source = _table_source(connection, table, folders)
        connection.execute(f"CREATE OR REPLACE VIEW {relation} AS {source}")


def _view_text(table: Table) -> str:
    """The SQL of a view, as Athena keeps it in the catalog."""
    text = table.get("ViewOriginalText") or ""
    start, end = _VIEW
    if (table.get("Parameters") or {}).get("presto_view") != "true" or not text.startswith(start):
        raise ValueError(f"View {table['Name']} is not one of Athena's")
    view = json.loads(base64.b64decode(text.removeprefix(start).removesuffix(end)))
    if not {"runAsInvoker", "path"} <= view.keys():  # Trino's codec of views wants them
        raise ValueError("GENERIC_INTERNAL_ERROR: Invalid JSON bytes for a view")
    declared = [column["name"] for column in view["columns"]]
    if declared != [column["Name"] for column in table["StorageDescriptor"]["Columns"]]:
        raise ValueError(f"View {table['Name']} is stale: its columns are not the catalog's")
    return str(view["originalSql"])


def _table_source(connection: duckdb.DuckDBPyConnection, table: Table, folders: list[str]) -> str:
    """A SELECT of the table's columns, typed as the catalog says, from however many files."""
    storage, keys = table["StorageDescriptor"], table.get("PartitionKeys") or []
    columns = storage["Columns"]
    files = athena._materialize_table_files(storage["Location"], folders)
    if not files:
        return f"SELECT {', '.join(_null(column) for column in columns + keys)} WHERE false"
    paths = ", ".join(exp.Literal.string(file).sql("duckdb") for file in files)
    types = ", ".join(f"{quoted(key['Name'])}: {duckdb_type(key['Type'])}" for key in keys)
    hive = f", hive_partitioning = true, hive_types = {{{types}}}" if keys else ""
    reader = f"read_parquet([{paths}], union_by_name = true{hive})"
    found = {row[0] for row in connection.execute(f"DESCRIBE FROM {reader}").fetchall()}  # ours
    chosen = [_cast(c) if c["Name"] in found else _null(c) for c in columns]
    chosen += [quoted(key["Name"]) for key in keys]
    return f"SELECT {', '.join(chosen)} FROM {reader} WHERE {_projection(table, keys)}"  # ours


def _projection(table: Table, keys: list[dict[str, str]]) -> str:
    """With partition projection, the values outside it are not there: what lies there is unseen."""
    parameters = table.get("Parameters") or {}
    if parameters.get("projection.enabled") != "true":
        return "true"
    conditions = ["true"]
    for name in (key["Name"] for key in keys):
        kind = parameters[f"projection.{name}.type"]
        if kind == "enum":
            values = parameters[f"projection.{name}.values"].split(",")
            listed = ", ".join(exp.Literal.string(v.strip()).sql("duckdb") for v in values)
            conditions.append(f"{quoted(name)} IN ({listed})")
        elif kind == "date":
            first = parameters[f"projection.{name}.range"].split(",")[0].strip()
            conditions.append(f"{quoted(name)} >= {exp.Literal.string(first).sql('duckdb')}")
    return " AND ".join(conditions)


def _cast(column: dict[str, str]) -> str:
    name = quoted(column["Name"])
    return f"CAST({name} AS {duckdb_type(column['Type'])}) AS {name}"


def _null(column: dict[str, str]) -> str:
    return f"CAST(NULL AS {duckdb_type(column['Type'])}) AS {quoted(column['Name'])}"


def _athena_type(duckdb_name: str) -> str:
    if duckdb_name.endswith("[]"):
        return "array"
    known: dict[str, str] = athena._DUCKDB_TYPE_MAP
    return _TYPES.get(duckdb_name) or known.get(duckdb_name.split("(")[0].strip(), "varchar")
