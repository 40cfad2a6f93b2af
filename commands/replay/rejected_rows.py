"""The rows of `rejected_events`: of a deployed lake by Athena, or of the laptop's store."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from commands.deployed import Outputs
from commands.exit_codes import StoppedError
from commands.sql.store_file import open_store
from commands.store_errors import store_errors
from commands.verify.athena_rows import ended
from local.database import FILE
from local.readable import readable

_COLUMNS = "application_id, endpoint_id, event_id, arrival_timestamp, request_id, rule, event"


class RejectedRow(NamedTuple):
    """What broke a rule, as it came; without an event id it is an endpoint."""

    application_id: str
    endpoint_id: str
    event_id: str | None
    arrival_timestamp: int
    request_id: str
    rule: str
    event: str


class Wanted(NamedTuple):
    """Which rows are meant."""

    days: int
    application_id: str | None
    rule: str | None

    def takes(self, row: RejectedRow) -> bool:
        """Whether a row is meant, whatever a query has chosen already."""
        return self.application_id in (None, row.application_id) and (
            (self.rule or "").lower() in row.rule.lower()
        )


def of_lake(athena: Any, found: Outputs, wanted: Wanted) -> Iterator[RejectedRow]:
    """Those of the lake; the days bound what Athena reads."""
    sql = (
        f"SELECT {_COLUMNS} FROM rejected_events"  # noqa: S608 # a number
        f" WHERE day >= date_format(current_date - INTERVAL '{wanted.days - 1}' DAY, '%Y-%m-%d')"
        " ORDER BY arrival_timestamp"
    )
    query = athena.start_query_execution(
        QueryString=sql,
        WorkGroup=found["LakeWorkGroup"],
        QueryExecutionContext={"Database": found["LakeDatabase"]},
    )["QueryExecutionId"]
    status = ended(athena, query)
    if status["State"] != "SUCCEEDED":
        raise StoppedError(f"Athena: {status.get('StateChangeReason', status['State'])}")
    is_header = True
    for page in athena.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        for row in page["ResultSet"]["Rows"]:
            cells = [cell.get("VarCharValue") for cell in row["Data"]]
            if not is_header and wanted.takes(one := _row(cells)):
                yield one
            is_header = False


def of_laptop(folder: Path, wanted: Wanted) -> Iterator[RejectedRow]:
    """Those of `make run`."""
    since = int((time.time() - wanted.days * 86_400) * 1000)
    sql = (
        f"SELECT {_COLUMNS} FROM rejected_events"  # noqa: S608 # ours
        " WHERE arrival_timestamp >= ? ORDER BY arrival_timestamp"
    )
    path = folder / FILE
    if not path.exists():
        raise StoppedError(f"Nothing is stored in {path}: name another, --data-dir.")
    with store_errors(path, "read"), closing(open_store(path).connection) as store:
        store.text_factory = readable
        yield from filter(wanted.takes, map(_row, store.execute(sql, (since,))))


def _row(cells: Any) -> RejectedRow:
    application_id, endpoint_id, event_id, arrived, request_id, rule, event = cells
    return RejectedRow(
        application_id, endpoint_id, event_id, int(arrived), request_id or "", rule or "", event
    )
