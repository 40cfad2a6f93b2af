"""A query in the deployed workgroup, and its rows."""

import time
from typing import Any

from commands.verify.endings import CheckFailedError

Row = dict[str, str | None]
LOOK_SECONDS = 0.5
SECONDS = 60
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


def rows(athena: Any, sql: str, *, workgroup: str, database: str) -> list[Row]:
    """The rows with every value as text; raises CheckFailedError with Athena's reason."""
    execution = athena.start_query_execution(
        QueryString=sql, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
    )["QueryExecutionId"]
    status = ended(athena, execution)
    if status["State"] != "SUCCEEDED":
        raise CheckFailedError(f"Athena: {status.get('StateChangeReason', status['State'])}")
    result = athena.get_query_results(QueryExecutionId=execution)["ResultSet"]["Rows"]
    names, *found = [[value.get("VarCharValue") for value in row["Data"]] for row in result]
    return [dict(zip(names, row, strict=True)) for row in found]


def ended(athena: Any, execution: str) -> Any:
    """Wait for the end of a query; its status."""
    deadline = time.monotonic() + SECONDS
    while True:
        status = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]
        if status["State"] in _ENDED:
            return status
        if time.monotonic() > deadline:
            raise CheckFailedError(f"Athena: the query was still {status['State']}")
        time.sleep(LOOK_SECONDS)
