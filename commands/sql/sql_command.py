"""`sql`: the laptop's store answers the SQL that Athena answers for a deployed lake."""

from datetime import date, datetime

import click

from commands.exit_codes import ExitCode, RejectedError
from commands.sql.answer import shown
from commands.sql.dialect import SqlError
from commands.sql.prompt import Prompt
from commands.sql.slow_reading import sentence
from commands.sql.stoppable import ask
from commands.sql.stored_lake import StoredLake, StoreError
from infra.queries import named_queries
from local.database import FILE, data_folder

EPILOG = """With make:  make sql QUERY=... NAME=... TODAY=...

\b
Exit code:
    0  every statement was answered
    1  a statement or the store is wrong; the message says why
    2  an option is wrong
  130  stopped by Ctrl-C
"""

_STOPPED = "Query interrupted"  # by Ctrl-C, as DuckDB says it


@click.command(epilog=EPILOG)
@click.option("--query", help="One statement of Athena's SQL.")
@click.option("--name", help="One of the named queries; .queries at the prompt lists them.")
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The day that current_date returns."
)
@click.pass_context
def sql(ctx: click.Context, /, query: str | None, name: str | None, today: datetime | None) -> None:
    """Query what `make run` has stored with Athena's SQL, by default at a prompt."""
    if name is not None and not name.strip():
        raise click.UsageError("NAME= (--name) is empty: .queries at the prompt lists them.")
    if query is not None and name is not None:
        raise click.UsageError("Give a statement or the name of a query, not both.")
    try:
        ctx.exit(_run(query if name is None else _named(name), today.date() if today else None))
    except (SqlError, StoreError) as error:
        raise RejectedError(str(error)) from None
    except (KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != _STOPPED:
            raise
        click.echo("\nStopped.", err=True)
        ctx.exit(ExitCode.INTERRUPTED)


def _run(query: str | None, today: date | None) -> int:
    lake = StoredLake(data_folder() / FILE, today, tell=_tell)
    if count := lake.without_record():
        click.echo(f"{count} events of an earlier version are left out.", err=True)
    if query is None:
        return Prompt(lake).run()
    click.echo(shown(ask(lake, query)))
    return 0


def _tell(events: int) -> None:
    click.echo(sentence(events), err=True)


def _named(name: str) -> str:
    queries = {query.file: query.sql for query in named_queries()}
    if name not in queries:
        raise SqlError(f"No query is named {name!r}; there are {', '.join(queries)}.")
    return queries[name]
