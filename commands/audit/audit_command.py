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
    2  an option is wrong
    4  a source did not answer, or does not know a package: nothing is known of that
"""


@click.command(epilog=EPILOG)
@click.pass_context
def audit(context: click.Context) -> None:
    """Ask PyPI's and npm's advisories about every lock file."""
    answers = []
    for lock in locks(ROOT):
        answer = ask(lock)
        answers.append(answer)
        click.echo(f"{lock.relative_to(ROOT)}: {line(answer)}")
        for advisory in answer.advisories:
            fixed = f", fixed in {advisory.fixed_in}" if advisory.fixed_in else ""
            click.echo(f"    {advisory.package}: {advisory.id}{fixed}")
    context.exit(exit_code(answers))


def exit_code(answers: list[Answer]) -> ExitCode:
    """An advisory first; what could not be asked is not clean."""
    if any(answer.advisories for answer in answers):
        return ExitCode.REJECTED
    return ExitCode.NO_ANSWER if any(a.unasked or a.unknown for a in answers) else ExitCode.DONE


def line(answer: Answer) -> str:
    """What was found about a lock file, and what was not audited."""
    told = []
    if answer.packages or not (answer.unasked or answer.unknown):
        told = [f"{len(answer.advisories) or 'no'} advisories about {answer.packages} packages"]
    if answer.unasked:
        told.append(f"not audited, for the advisory source did not answer: {answer.unasked}")
    if answer.unknown and answer.packages:
        names = _named(answer.unknown)
        told.append(f"not audited, for PyPI's JSON API has no {names}: withdrawn, or never there")
    elif answer.unknown:
        told.append(
            f"not audited, for PyPI's JSON API has none of {len(answer.unknown)} packages: an "
            "index that stands in for PyPI may have no such API"
        )
    return f"{'; '.join(told)}."


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
