"""`views`: create the views of a deployed lake through Athena itself."""

import time
from typing import Any

import click

from commands.aws_session import find_session
from commands.deployed import EXIT_CODES, account_options, aws_errors, outputs, stack_option
from commands.exit_codes import StoppedError
from infra.queries import VIEWS, view_sql

LOOK_SECONDS = 1.0
WAIT_SECONDS = 120.0
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")
EPILOG = f"With make:  make views OPTIONS=...\n{EXIT_CODES}"


def statement(view: str) -> str:
    """The SQL that makes a view of the lake, whether there is one or not."""
    return f"CREATE OR REPLACE VIEW {view} AS\n{view_sql(view)}"


def create(athena: Any, view: str, *, workgroup: str, database: str) -> None:
    """Run a view's statement and wait for its end; raises StoppedError with Athena's reason."""
    execution = athena.start_query_execution(
        QueryString=statement(view),
        WorkGroup=workgroup,
        QueryExecutionContext={"Database": database},
    )["QueryExecutionId"]
    end = time.monotonic() + WAIT_SECONDS
    while (status := _status(athena, execution))["State"] not in ENDED:
        if time.monotonic() > end:
            raise StoppedError(f"Athena has not created {view} after {WAIT_SECONDS:.0f} s.")
        time.sleep(LOOK_SECONDS)
    if status["State"] != "SUCCEEDED":
        reason = status.get("StateChangeReason", "no reason given")
        raise StoppedError(f"Athena did not create {view}: {reason}")


def _status(athena: Any, execution: str) -> Any:
    return athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]


@click.command(epilog=EPILOG)
@account_options
@stack_option
def views(stack: str, profile: str | None, region: str | None) -> None:
    """Create the lake's views anew, as Athena itself writes them.

    The stack writes them in Athena's own form. Should Athena call one stale or not read it, this
    makes them from the same SQL. It changes no data.
    """
    with aws_errors():
        session = find_session(profile, region)
        found = outputs(stack, session)
        athena = session.client("athena")
        for view in VIEWS:
            create(athena, view, workgroup=found["LakeWorkGroup"], database=found["LakeDatabase"])
            click.echo(f"Athena has created {found['LakeDatabase']}.{view}")
