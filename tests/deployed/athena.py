"""SQL in the deployed workgroup, as a person in Athena's console runs it; rows as dicts."""

from typing import Any

from tests.deployed.emulator import Emulator
from tests.deployed.eventually import eventually

Row = dict[str, str | None]
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class QueryFailedError(AssertionError):
    """Athena did not run the query; the text is its reason."""


class Athena:
    """A workgroup, with the database in which the names of tables are looked up."""

    def __init__(self, emulator: Emulator, *, workgroup: str, database: str) -> None:
        self.client: Any = emulator.client("athena")
        self.workgroup = workgroup
        self.database = database

    def query(self, sql: str) -> list[Row]:
        """The rows, every value the text that Athena shows, null as None."""
        execution = self.client.start_query_execution(
            QueryString=sql,
            WorkGroup=self.workgroup,
            QueryExecutionContext={"Database": self.database},
        )["QueryExecutionId"]
        eventually(lambda: self._status(execution)["State"] in _ENDED)
        status = self._status(execution)
        if status["State"] != "SUCCEEDED":
            raise QueryFailedError(status["StateChangeReason"])
        pages = self.client.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
        rows = [_values(row) for page in pages for row in page["ResultSet"]["Rows"]]
        names = [name or "" for name in rows[0]]  # the first row is the header
        return [dict(zip(names, row, strict=True)) for row in rows[1:]]

    def named_queries(self) -> dict[str, str]:
        """The SQL of the workgroup's named queries by name."""
        pages = self.client.get_paginator("list_named_queries").paginate(WorkGroup=self.workgroup)
        ids = [identifier for page in pages for identifier in page["NamedQueryIds"]]
        found = [self.client.get_named_query(NamedQueryId=i)["NamedQuery"] for i in ids]
        return {query["Name"]: query["QueryString"] for query in found}

    def _status(self, execution: str) -> dict[str, Any]:
        answer = self.client.get_query_execution(QueryExecutionId=execution)
        status: dict[str, Any] = answer["QueryExecution"]["Status"]
        return status


def _values(row: dict[str, Any]) -> list[str | None]:
    return [value.get("VarCharValue") for value in row["Data"]]
