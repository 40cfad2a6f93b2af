"""`doctor`: each use of Pinpoint in a project, and what becomes of it."""

import sys
from pathlib import Path

import click
from pathspec import GitIgnoreSpec

from commands.doctor.doctor_report import as_json, page
from commands.doctor.examine import examine
from commands.doctor.project_files import Walk
from commands.exit_codes import ExitCode

EPILOG = """With make:  make doctor PROJECT=../my-app OPTIONS="--json"

No line of the project is printed, only the names that this command knows, with file and line;
what a file holds beside them, such as keys, goes nowhere. docs/doctor.md says what is read and how.

\b
Exit code:
    0  nothing to do: Pinpoint is not used, lives on at AWS, or points elsewhere already
    1  something is to do, or a file could not be read
    2  an option is wrong, or there is no such folder
"""
_EVERY = 500  # files between two signs of progress


def _exclude(_: click.Context, __: click.Parameter, patterns: tuple[str, ...]) -> GitIgnoreSpec:
    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError:
        raise click.BadParameter("a pattern is wrong; write them as in a .gitignore.") from None


# fmt: off
@click.command(epilog=EPILOG)
@click.argument("project", type=click.Path(exists=True, path_type=Path), metavar="PATH")
@click.option("--json", "for_ci", is_flag=True, help="As JSON, for CI.")
@click.option("--all", "everything", is_flag=True, help="List every place of a use, not ten.")
@click.option("--exclude", multiple=True, metavar="PATTERN", callback=_exclude,
              help="Leave out what matches, as in a .gitignore; can be repeated.")
@click.option("--no-ignore", is_flag=True, help="Read what .gitignore names, too.")
@click.pass_context
def doctor(
    context: click.Context, project: Path, for_ci: bool, everything: bool,
    exclude: GitIgnoreSpec, no_ignore: bool,
) -> None:
    """List each use of Amazon Pinpoint in an app's or a backend's project.

    Each has a verdict: it works here with one line, needs an app release, lives on at AWS, or
    ended, with its successor.
    """
    # fmt: on
    seen = examine(Walk(project, exclude, not no_ignore), _progress)
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(as_json(seen) if for_ci else page(seen, everything))
    something = any(advice.to_do for advice in seen.advice) or seen.unread
    context.exit(ExitCode.REJECTED if something else ExitCode.DONE)


def _progress(files: int) -> None:
    if files % _EVERY == 0 and sys.stderr.isatty():
        click.echo(f"\r\033[K{files:,} files ...", nl=False, err=True)
