"""CREATE OR REPLACE VIEW for MiniStack's Athena: the view goes to Glue as Athena writes it."""

import base64
import json
import re
import time
from importlib import import_module
from typing import Any, NamedTuple

import duckdb
from sqlglot import exp

from commands.sql.dialect import to_duckdb

glue: Any = import_module("ministack.services.glue")
_CREATE = re.compile(r"\s*CREATE\s+OR\s+REPLACE\s+VIEW\s+(\w+)\s+AS\b(.*)", re.I | re.S)


class NewView(NamedTuple):
    """A view as a statement asks for it."""

    name: str
    sql: str


def new_view(sql: str) -> NewView | None:
    """What CREATE OR REPLACE VIEW asks for; None of another statement."""
    found = _CREATE.fullmatch(sql)
    return NewView(found[1].lower(), found[2].strip()) if found else None


def keep(
    connection: duckdb.DuckDBPyConnection, view: NewView, query: exp.Query, database: str
) -> dict[str, Any]:
    """Put the view into the catalog with the columns that its query has."""
    described = connection.execute(f"DESCRIBE {to_duckdb(query)}").fetchall()
    types = {row[0]: exp.DataType.build(row[1], dialect="duckdb") for row in described}
    document = {
        "originalSql": view.sql,
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [
            {"name": name, "type": kind.sql("trino").lower()} for name, kind in types.items()
        ],
        "runAsInvoker": False,
        "path": [],
    }
    encoded = base64.b64encode(json.dumps(document).encode()).decode()
    key = f"{database}/{view.name}"
    glue._tables[key] = {
        **glue._tables.get(key, {"VersionId": "1", "CreateTime": int(time.time())}),
        "Name": view.name,
        "DatabaseName": database,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "ViewOriginalText": f"/* Presto View: {encoded} */",
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {
            "Columns": [
                {"Name": name, "Type": kind.sql("hive").lower().replace(" ", "")}
                for name, kind in types.items()
            ]
        },
        "PartitionKeys": [],
        "UpdateTime": int(time.time()),
    }
    return {"columns": [], "column_types": [], "rows": []}
