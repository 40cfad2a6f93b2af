"""`audit`: whether an advisory is known of any package that this project pins."""

from pathlib import Path

import click

from commands.audit.advisories import Answer, ask, locks
from commands.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]
EPILOG = """With make:  make audit

\b
Exit code:
    0  every source was asked, and no advisory is known
    1  an advisory is known
    4  a source did not answer: of what it was asked, nothing is known
"""


@click.command(epilog=EPILOG)
@click.pass_context
def audit(context: click.Context) -> None:
    """Ask PyPI's and npm's advisories about every lock file."""
    answers = {lock: ask(lock) for lock in locks(ROOT)}
    for lock, answer in answers.items():
        click.echo(f"{lock.relative_to(ROOT)}: {_line(answer)}")
        for advisory in answer.advisories:
            fixed = f", fixed in {advisory.fixed_in}" if advisory.fixed_in else ""
            click.echo(f"    {advisory.package}: {advisory.id}{fixed}")
    context.exit(exit_code(list(answers.values())))


def exit_code(answers: list[Answer]) -> ExitCode:
    """An advisory first; what could not be asked is not clean."""
    if any(answer.advisories for answer in answers):
        return ExitCode.REJECTED
    return ExitCode.NO_ANSWER if any(a.unasked for a in answers) else ExitCode.DONE


def _line(answer: Answer) -> str:
    told = f"{len(answer.advisories) or 'no'} advisories about {answer.packages} packages."
    if not answer.unasked:
        return told
    not_told = f"not audited, for the advisory source did not answer: {answer.unasked}"
    return f"{told} {not_told.capitalize()}" if answer.packages else not_told
