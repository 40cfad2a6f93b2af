"""`demo`: ninety days of a made-up shop in the laptop's store, and a few visits of this moment."""

import os
import sys
from contextlib import closing, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from commands.demo.customers import customers_of
from commands.demo.listening import RunningGateway
from commands.demo.shop import DAYS, Visit, history, visit_of
from commands.exit_codes import StoppedError
from local.database import FILE, Database, data_folder
from local.environment import StartError, set_environment
from local.startup import open_database, open_folder

APPLICATION = "demo-shop"
VISITORS = 8  # who come at this moment, if a gateway is running
NOWHERE = "http://127.0.0.1:9"  # the queue of a gateway that has none: what fails is told instead
EPILOG = """With make:  make demo PORT=8080 DATA_DIR=.data

\b
Exit code:
    0  the shop is there
    1  the store cannot be written
    3  what runs on the port is not `make run` with the same store
"""


@click.command(epilog=EPILOG)
@click.option("--load-only", is_flag=True, help="Do not start the gateway if none is running.")
@click.pass_context
def demo(ctx: click.Context, /, *, load_only: bool) -> None:
    """Load 90 days of a made-up shop, so that the page and every query show something.

    A second run adds what has happened in the shop since.
    """
    environ = dict(os.environ)
    gateway = RunningGateway(os.environ.get("PORT") or "8080")
    is_running = gateway.is_there()
    try:
        folder = open_folder(data_folder())
        database = open_database(folder)
    except StartError as error:
        click.echo(str(error), err=True)
        ctx.exit(1)
    with closing(database):
        load(folder, database, datetime.now(UTC))
    if is_running:
        visit_now(gateway, datetime.now(UTC))
        click.echo(f"Look at it: {gateway.url}, and `make sql`.")
    elif load_only:
        click.echo("Look at it: `make run`, and `make sql`.")
    else:
        click.echo(f"Nothing listens on {gateway.url}: starting `make run`. Ctrl-C stops it.")
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "commands", "run"], environ)  # noqa: S606 # ourselves


def load(folder: Path, database: Database, now: datetime) -> None:
    """Take all that happened in the shop and is not stored yet, as of when it happened."""
    opened, known = _stored(database, now)
    visits = [visit for visit in history(opened, now) if visit.request_id not in known]
    if not visits:
        click.echo("Nothing has happened in the demo shop since the last time.")
        return
    events = _take(folder, visits)
    click.echo(
        f"Demo shop: {events} events of {len(visits)} visits since {visits[0].arrived:%Y-%m-%d}"
        f" are in {database.path}, as application {APPLICATION}."
    )


def _stored(database: Database, now: datetime) -> tuple[date, set[str]]:
    """The day on which the shop opened, and the requests that were stored."""
    opened = now.date() - timedelta(days=DAYS - 1)
    with database.transaction() as connection:
        sql = "SELECT request_id, arrival_timestamp FROM batches WHERE application_id = ?"
        rows = connection.execute(sql, (APPLICATION,)).fetchall()
    if rows:  # it goes on from where it began, else its first customers would stay away
        first = min(arrived for _, arrived in rows)
        opened = min(opened, datetime.fromtimestamp(first / 1000, UTC).date())
    return max(opened, now.date() - timedelta(days=365)), {id_ for id_, _ in rows}


def _take(folder: Path, visits: list[Visit]) -> int:
    os.environ |= {"DESTINATION": "local", "APPLICATION_IDS": APPLICATION}
    set_environment(os.environ, folder, NOWHERE)
    from commands.demo.past_door import PastDoor  # reads the environment

    count = 0
    with (
        open(os.devnull, "w") as nothing,
        click.progressbar(
            visits, label="Visits", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as shown,
        redirect_stdout(nothing),
    ):  # the handlers' log
        door = PastDoor(folder / FILE)
        for visit in shown:
            answer = door.put_events(APPLICATION, visit.body, visit.request_id, visit.arrived)
            count += _check(answer)
    return count


def _check(answer: dict[str, object]) -> int:
    """How many events an answer is on; raises if one of them is not stored."""
    results = answer.get("Results")
    if not isinstance(results, dict):
        raise StoppedError(f"The gateway answered {answer}.")
    items = [item for part in results.values() for item in part["EventsItemResponse"].values()]
    if any(item["StatusCode"] >= 500 for item in items):
        raise StoppedError("The store could not be written: run it again, it goes on from here.")
    return len(items)


def visit_now(gateway: RunningGateway, now: datetime) -> None:
    """Let a few customers come at this moment, through the running gateway's own port."""
    if not gateway.shows(APPLICATION):
        raise StoppedError(
            f"{gateway.url} does not show the demo shop: is it `make run` with another DATA_DIR="
            " or DESTINATION=?"
        )
    day = now.date() - timedelta(days=1)
    visitors = [c for n in range(7) for c in customers_of(day - timedelta(days=n))][:VISITORS]
    for number, customer in enumerate(visitors):
        at = now - timedelta(minutes=5, seconds=number)
        gateway.put_events(APPLICATION, visit_of(customer, now.date(), at).body)
    click.echo(f"{len(visitors)} customers are in the shop now.")
