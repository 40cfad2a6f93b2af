"""`forget`: remove a person from a deployed lake or from the laptop's store."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.aws_session import find_session
from commands.deployed import OF_LAPTOP_FOLDER, account_options, aws_errors, outputs, stack_option
from commands.exit_codes import ExitCode, StoppedError
from commands.forget.journal import Journal
from commands.forget.lake_folders import Scope
from commands.forget.person import Person, digest
from commands.forget.receipt import Receipt, new_path
from commands.ignored_options import ACCOUNT, reject_ignored
from commands.plain_text import printable_lines
from commands.terminal import ask, is_asked, yes_option
from putevents.endpoints.store import StoreError

if TYPE_CHECKING:
    from commands.forget.forget_lake import DeployedLake

EPILOG = """With make:  make forget USER=... OPTIONS=...

\b
Exit code:
    0  the person was forgotten, in the days that you chose; see the receipt's not_removed
    1  the same, but something could not be searched: see the receipt's not_removed
    2  an option is wrong
    3  it stopped; the same command goes on where it was
  130  Ctrl-C; the same command goes on where it was
"""
SHOWN = 10  # problems
JOURNAL = 1  # the version of its format
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(epilog=EPILOG)
@click.option("--user", help="The id of a user, exactly as the app wrote it.")
@click.option("--endpoint", help="The id of an endpoint; --application must say whose.")
@click.option("--application", help="Only in this application.")
@click.option(
    "--with-endpoints",
    is_flag=True,
    help="With a user: also events of the user's endpoints that name no user, as before sign-in.",
)
@click.option("--since", type=_DAY, help="Only in files of this day of arrival (UTC) and later.")
@click.option("--until", type=_DAY, help="Only in files of this day of arrival (UTC) and before.")
@click.option("--dry-run", is_flag=True, help="Only count; nothing is changed.")
@yes_option
@click.option(
    "--receipt",
    "receipt_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the receipt is written  [default: forget-TIME.json]",
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the laptop's store, instead of a stack.",
)
@account_options
@stack_option
@click.pass_context
def forget(ctx: click.Context, /, **options: Any) -> None:
    """Remove a user, or an endpoint, from a gateway's lake, endpoint table and queues.

    Forget one person at a time. The receipt lists the places that still have data of the person,
    and until when; docs/forget.md explains them.
    """
    if options["data_dir"]:
        reject_ignored("with --data-dir, which chooses the laptop's store.", *ACCOUNT)
    person = _person(options)
    scope = Scope(_day(options["since"]), _day(options["until"]), person.application_id)
    shown = {name: value for name, value in scope._asdict().items() if value}
    place = options["data_dir"] or options["stack"]
    receipt = Receipt(
        person,
        {"place": str(place), "with_endpoints": person.with_endpoints, **shown},
        options["dry_run"],
    )
    path = options["receipt_path"] or new_path(datetime.now(UTC))
    journal_path = _journal_path(options, person, scope)
    receipt.check(path, goes_on=bool(journal_path and journal_path.exists()))
    journal = None
    with aws_errors(of_laptop=OF_LAPTOP_FOLDER):
        try:
            if options["data_dir"]:
                _ask(person, options)
                steps = _laptop(options["data_dir"], person, scope, receipt)
            else:
                lake = _deployed(options, person, receipt)
                _ask(person, options)
                journal = _journal(journal_path, person, receipt)
                steps = lake.forget(scope, journal)
            _watch(steps)
        except StoreError as error:
            raise StoppedError(f"The table of endpoints did not answer: {error}") from None
        except KeyboardInterrupt:
            ctx.exit(ExitCode.INTERRUPTED)
    receipt.write(path)
    if journal:
        journal.remove()
    for name, count in receipt.removed.items():
        click.echo(f"{'would be removed' if receipt.dry_run else 'removed'}  {name}: {count}")
    if not receipt.problems and not receipt.removed.total():
        nobody = f"Nothing that was searched names {_named(person)}: is that the id, to the letter?"
        click.echo(printable_lines(nobody), err=True)
    for problem in receipt.problems[:SHOWN]:
        click.echo(f"not removed  {printable_lines(problem)}", err=True)
    if more := len(receipt.problems[SHOWN:]):
        click.echo(f"not removed  {more} more, see not_removed in the receipt", err=True)
    click.echo(f"receipt  {path}")
    ctx.exit(ExitCode.REJECTED if receipt.problems else ExitCode.DONE)


def _person(options: dict[str, Any]) -> Person:
    user_id, endpoint_id = options["user"], options["endpoint"]
    if bool(user_id) == bool(endpoint_id):
        raise click.UsageError("Name a --user or an --endpoint.")
    if endpoint_id and not options["application"]:
        raise click.UsageError("An endpoint is one of an application: name its --application.")
    if options["with_endpoints"] and not user_id:
        raise click.UsageError("--with-endpoints goes with --user.")
    if options["since"] and options["until"] and options["since"] > options["until"]:
        raise click.UsageError("--since is a later day than --until.")
    names = ("user", "endpoint", "application", "with_endpoints")
    user, endpoint, application, with_endpoints = (options[name] or None for name in names)
    return Person(user, endpoint, application, bool(with_endpoints))


def _ask(person: Person, options: dict[str, Any]) -> None:
    """Show whom it is about to forget, for good, and let a person at a terminal stop it."""
    whom = _named(person)
    if options["dry_run"] or not is_asked(yes=options["yes"]):
        click.echo(f"{'Looking for' if options['dry_run'] else 'Forgetting'} {whom}", err=True)
    else:
        ask(f"Forget {whom} for good?")


def _named(person: Person) -> str:
    id_ = person.endpoint_id if person.user_id is None else person.user_id
    kind = "user" if person.endpoint_id is None else "endpoint"
    return f"the {kind} {json.dumps(id_, ensure_ascii=False)}"


def _day(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d}" if moment else None


def _journal_path(options: dict[str, Any], person: Person, scope: Scope) -> Path | None:
    """Where the journal of this very request is; a dry run has none, nor has the laptop."""
    if options["dry_run"] or options["data_dir"]:
        return None
    asked = [
        JOURNAL,
        options["stack"],
        options["region"],
        options["profile"],
        person.with_endpoints,
        *scope,
    ]
    name = digest(repr([*asked, person.digests()]))[:16]
    return Path(f"forget-{name}.journal")


def _journal(path: Path | None, person: Person, receipt: Receipt) -> Journal:
    """The journal, by which another run goes on."""
    journal = Journal(path)
    if journal.went_on:
        journal.restore(person, receipt)
        click.echo("Going on where the last run stopped.", err=True)
    return journal


def _deployed(options: dict[str, Any], person: Person, receipt: Receipt) -> "DeployedLake":
    """The lake of a stack that is there, by credentials that AWS takes."""
    import boto3

    from commands.forget.forget_lake import DeployedLake

    session = find_session(options["profile"], options["region"])
    # The lake's own code makes its clients of this one.
    boto3.setup_default_session(profile_name=options["profile"], region_name=session.region_name)
    return DeployedLake(session, outputs(options["stack"], session), person, receipt)


def _laptop(folder: Path, person: Person, scope: Scope, receipt: Receipt) -> Iterator[str]:
    from commands.forget.forget_laptop import LaptopStore

    yield from LaptopStore(folder, person, receipt).forget(scope)


def _watch(steps: Iterator[str]) -> None:
    """Go through the steps, showing where it is on one line of a terminal."""
    is_shown = sys.stderr.isatty()
    for number, step in enumerate(steps, 1):
        if is_shown:
            click.echo(f"\r\033[K{number}  {step}"[:200], nl=False, err=True)
    if is_shown:
        click.echo("\r\033[K", nl=False, err=True)
