"""`demo`: ninety days of a made-up shop in the laptop's store, and a few visits of this moment."""

import os
import sys
from collections import Counter
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from commands.demo.customers import customers_of
from commands.demo.listening import RunningGateway
from commands.demo.past_visits import missing_visits
from commands.demo.shop import APPLICATION, Visit, visit_of
from commands.exit_codes import StoppedError
from commands.store_errors import store_errors
from local.database import FILE, Database, data_folder
from local.environment import StartError, set_environment
from local.startup import open_database, open_folder
from local.typed import typed

VISITORS = 8  # who come at this moment, if a gateway is running
NOWHERE = "http://127.0.0.1:9"  # the queue of a gateway that has none: what fails is told instead
EPILOG = """With make:  make demo PORT=8080 DATA_DIR=.data

\b
Exit code:
    0  the shop is there
    1  the store cannot be written
    2  an option is wrong
    3  PORT is no port, or what runs on it is not a `make run` that would show the shop; or the
       store could not be written any more
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
    here = data_folder().resolve()
    is_running = gateway.is_there() and (not load_only or gateway.has(here))
    if is_running:  # nothing is loaded that nobody would show
        gateway.check(here)
    elif not load_only and (other := RunningGateway.with_store_in(here)):
        port = other.url.rpartition(":")[2]
        raise StoppedError(
            f"Nothing listens on {gateway.url}, and `make run` on {other.url} has"
            f" {data_folder()}: {typed('demo', PORT=port)}"
        )
    try:
        folder = open_folder(data_folder())
        database = open_database(folder)
    except StartError as error:
        click.echo(str(error), err=True)
        ctx.exit(1)
    with closing(database), store_errors(database.path):
        load(folder, database, datetime.now(UTC))
    if is_running:
        visit_now(gateway, datetime.now(UTC))
        click.echo(f"Look at it: {gateway.url}, and `{typed('sql')}`.")
    elif load_only:
        click.echo(f"Look at it: `{typed('run')}`, and `{typed('sql')}`.")
    else:
        click.echo(f"Nothing listens on {gateway.url}: starting `make run`. Ctrl-C stops it.")
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "commands", "run"], environ)  # noqa: S606 # ourselves


def load(folder: Path, database: Database, now: datetime) -> None:
    """Take all that happened in the shop and is not stored yet, as of when it happened."""
    visits = missing_visits(database, now)
    if not visits:
        click.echo("Nothing has happened in the demo shop since the last time.")
        return
    counts = _take(folder, visits)
    new = sum(visit.is_of_new_build for visit in visits)
    click.echo(
        f"Demo shop: {counts['stored']} events of {len(visits)} visits since"
        f" {visits[0].arrived:%Y-%m-%d} are in {database.path}, as application {APPLICATION}."
        f" {counts['rejected']} more were rejected.\n"
        f"{len(visits) - new} visits came from old builds of the app, by PutEvents, and {new} from"
        " new builds, as enriched events."
    )


def _take(folder: Path, visits: list[Visit]) -> Counter[str]:
    os.environ |= {"DESTINATION": "local", "APPLICATION_IDS": APPLICATION}
    set_environment(os.environ, folder, NOWHERE)
    from commands.demo.past_door import PastDoor  # reads the environment

    counts: Counter[str] = Counter()
    with (
        open(os.devnull, "w") as nothing,
        click.progressbar(
            visits, label="Visits", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as shown,
        redirect_stdout(nothing),
    ):  # the handlers' log
        door = PastDoor(folder / FILE)
        for visit in shown:
            counts.update(_outcomes(door.answer(visit)))
    return counts


def _outcomes(answer: dict[str, Any]) -> list[str]:
    """What became of each event of a request; raises if nothing can have been kept of one."""
    items = _items(answer)
    if any(item["StatusCode"] >= 500 for item in items):
        raise StoppedError("The store could not be written: run it again, it goes on from here.")
    return ["stored" if item["StatusCode"] == 202 else "rejected" for item in items]


def _items(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """What is answered of each event, old build or new."""
    results = answer.get("Results")
    if isinstance(results, dict):
        return [item for part in results.values() for item in part["EventsItemResponse"].values()]
    if isinstance(results, list):  # of enriched events
        return results
    raise StoppedError(f"The gateway answered {answer}.")


def visit_now(gateway: RunningGateway, now: datetime) -> None:
    """Let a few customers come at this moment, through the running gateway's own port."""
    customers = [c for n in range(1, 15) for c in customers_of(now.date() - timedelta(days=n))]
    visits = [
        visit_of(customer, now.date(), now - timedelta(minutes=5, seconds=number))
        for number, customer in enumerate(customers)
    ]
    new = [visit for visit in visits if visit.is_of_new_build][: VISITORS // 2]
    old = [visit for visit in visits if not visit.is_of_new_build][: VISITORS - len(new)]
    answered = [item for v in sorted(new + old) for item in _items(gateway.send(v))]
    if lost := sum(item["StatusCode"] >= 500 for item in answered):
        raise StoppedError(
            f"{lost} of {len(answered)} events of the customers of this moment were not taken"
            f" ({gateway.url} answered 500 of them): end the chaos on its page."
        )
    click.echo(f"{len(new + old)} customers are in the shop now, {len(new)} with the new build.")
