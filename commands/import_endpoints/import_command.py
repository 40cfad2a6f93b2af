"""`import-endpoints`: endpoints from Pinpoint's files, into a deployed lake or the laptop."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from commands.application_id import ApplicationId, lake_complaint, serve_complaint
from commands.deployed import OF_LAPTOP_FOLDER, account_options, aws_errors, stack_option
from commands.exit_codes import ExitCode, StoppedError
from commands.ignored_options import ACCOUNT, reject_ignored
from commands.import_endpoints.checkpoint import Checkpoint, Rejects
from commands.import_endpoints.importing import Run
from commands.import_endpoints.laptop_table import LaptopTable
from commands.import_endpoints.lines import parts
from commands.import_endpoints.throttled_table import ThrottledTable, find_table
from commands.terminal import say

EPILOG = """With make:  make import-endpoints FILE=... OPTIONS=...

\b
Exit code:
    0  everything was imported
    1  some lines were rejected, everything else was imported
    2  an option is wrong
    3  it stopped; the same command goes on where it was
  130  Ctrl-C; the same command goes on where it was
"""


@click.command(epilog=EPILOG)
@click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--application-id", type=ApplicationId(), required=True, help="Whose endpoints they become."
)
@click.option(
    "--data-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the laptop's store, instead of a stack.",
)
@account_options
@stack_option
@click.option("--dry-run", is_flag=True, help="Validate only; calls nothing, writes nothing.")
@click.pass_context
def import_endpoints(
    ctx: click.Context, /, path: Path, application_id: str, dry_run: bool, **place: Any
) -> None:
    """Import endpoints into a deployed lake, or into the store of `make run`.

    FILE is CSV or JSON Lines as Pinpoint exported or imported it, gzipped or not, or a folder of
    such files. An endpoint without Id gets one, made of its address or its user.
    What clients have sent since stays. Rejected lines are in FILE.rejected; a run that was stopped
    goes on where it was, by FILE.checkpoint.
    """
    if place["data_dir"]:
        reject_ignored("with --data-dir, which chooses the laptop's store.", *ACCOUNT)
    path = path.resolve()
    files, others = parts(path)
    for other in others:
        say(f"{other} is passed over: its name is not that of an export's file.")
    if not files:
        raise click.UsageError(f"No file in {path} ends in .gz, .csv, .json, .jsonl or .ndjson.")
    if why := serve_complaint(application_id):
        raise click.BadParameter(why, param_hint="--application-id")
    if why := lake_complaint(application_id):
        say(why)
    run = Run(path, files, say)
    with aws_errors(of_laptop=OF_LAPTOP_FOLDER):
        steps = run.validate() if dry_run else _import(run, path, application_id, **place)
        try:
            _watch(steps, files)
        except StoppedError:
            _tell(run)
            raise
        except KeyboardInterrupt:
            _tell(run)
            ctx.exit(ExitCode.INTERRUPTED)
    _tell(run)
    ctx.exit(run.exit_code)


def _import(
    run: Run,
    path: Path,
    application_id: str,
    *,
    data_dir: Path | None,
    stack: str,
    profile: str | None,
    region: str | None,
) -> Iterator[int]:
    """The steps of an import."""
    table: ThrottledTable | LaptopTable
    if data_dir:
        table = LaptopTable(data_dir, application_id)
        if others := table.others:
            known = ", ".join(others)
            say(f"{application_id!r} is new in this store; it has endpoints of {known}.")
    else:
        name = find_table(stack, application_id, profile, region)
        table = ThrottledTable(name, application_id, say)
    checkpoint = Checkpoint(_beside(path, "checkpoint"))
    rejects = Rejects(_beside(path, "rejected"))
    return run.import_into(table, rejects, checkpoint)


def _watch(steps: Iterator[int], files: list[Path]) -> None:
    """Go through the steps, showing how many of the bytes are read."""
    length = sum(file.stat().st_size for file in files)
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=length, file=sys.stderr, hidden=hidden) as bar:
        for step in steps:
            bar.update(step)


def _tell(run: Run) -> None:
    for line in run.summary():
        click.echo(line)


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}.{kind}")
