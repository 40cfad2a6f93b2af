"""`emulated up|template|down|sql`: the real stack in an AWS emulator on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from commands.deploy.cdk_words import check_words
from commands.exit_codes import StoppedError
from commands.release.release_files import kind_of
from tests.deployed import emulated_stack as emulation
from tests.deployed.emulator import EmulatorError

EPILOG = """\b
Exit code:
    0  done
    2  an option is wrong
    3  the emulator, the CDK or the query failed; the message says why
"""


@click.group()
def emulated() -> None:
    """Deploy the stack into an AWS emulator, query its lake, take it away.

    \b
    make deploy-emulated CDK_OPTIONS="-c auth=none"
    make template-emulated NAME=lake-iam
    make sql-emulated QUERY="SELECT ..."
    make destroy-emulated
    """


@emulated.command(
    epilog=f"With make:  make deploy-emulated CDK_OPTIONS=...\n\n{EPILOG}",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("cdk_options", nargs=-1, type=click.UNPROCESSED)
def up(cdk_options: tuple[str, ...]) -> None:
    """Start the emulator and deploy into it.

    CDK_OPTIONS go to `cdk deploy`, such as -c auth=none.
    """
    check_words("deploy", cdk_options)
    with _failures():
        emulation.up(*cdk_options)


@emulated.command(epilog=f"With make:  make template-emulated NAME=lake-iam\n\n{EPILOG}")
@click.argument("name")
@click.option("-p", "--parameter", "given", multiple=True, metavar="NAME=VALUE")
def template(name: str, given: tuple[str, ...]) -> None:
    """Start the emulator and create the stack of a release's template in it, without the CDK.

    NAME is a template's, such as lake-iam or lake-stream-jwt: docs/without-cdk.md.
    """
    try:
        kind_of(name)
    except ValueError:
        raise click.UsageError(f"A release has no template '{name}': lake-iam, say.") from None
    parameters = dict(word.split("=", 1) for word in given if "=" in word)
    if len(parameters) != len(given):
        raise click.UsageError("-p: write NAME=VALUE, each name once.")
    with _failures():
        emulation.create(name, parameters)


@emulated.command(epilog=f"With make:  make destroy-emulated\n\n{EPILOG}")
def down() -> None:
    """Destroy the stack and end the emulator."""
    with _failures():
        emulation.down()


@emulated.command(epilog=f"With make:  make sql-emulated QUERY=...\n\n{EPILOG}")
@click.argument("query", default="")
def sql(query: str) -> None:
    """Query the deployed lake with Athena's SQL."""
    if not query.strip():
        raise click.UsageError('A query is missing: make sql-emulated QUERY="SELECT ..."')
    with _failures():
        emulation.sql(query)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (AssertionError, EmulatorError) as error:
        raise StoppedError(str(error)) from None
