"""Tables and sentences for a terminal, which nothing that clients sent can disturb."""

import sys
from collections.abc import Iterable, Sequence

import click
import tabulate
from tabulate import DataRow, Line, TableFormat

from commands.exit_codes import StoppedError
from commands.plain_text import printable

# psql's layout without a border, as wide as its content and no wider.
_FORMAT = TableFormat(
    lineabove=None,
    linebelowheader=Line("", "-", "-+-", ""),
    linebetweenrows=None,
    linebelow=None,
    headerrow=DataRow("", " | ", ""),
    datarow=DataRow("", " | ", ""),
    padding=0,
    with_header_hide=None,
)
tabulate.MIN_PADDING = 0  # tabulate's only switch for the space that it adds to every header


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table of texts; the columns numbered in `right` are aligned to the right."""
    aligned = ["right" if number in {*right} else "left" for number in range(len(columns))]
    return tabulate.tabulate(
        [[printable(cell) for cell in row] for row in rows],
        [printable(column) for column in columns],
        tablefmt=_FORMAT,
        disable_numparse=True,
        colalign=aligned,
        headersalign=["left"] * len(columns),
        preserve_whitespace=True,
    )


yes_option = click.option(
    "--yes", is_flag=True, help="Do not ask. Without a terminal it is needed."
)


def is_asked(*, yes: bool) -> bool:
    """Whether a person is asked before something is changed; a script must say --yes."""
    if not yes and not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask on. Add --yes.")
    return not yes


def ask(question: str) -> None:
    """Ask a person on stderr; raises StoppedError unless the answer is yes."""
    try:
        is_meant = click.confirm(question, err=True)
    except click.Abort:
        is_meant = False
    if not is_meant:
        raise StoppedError("Nothing was changed.")


def say(sentence: str) -> None:
    """Print a sentence to stderr, in place of the progress bar if one is shown."""
    sentence = printable(sentence)
    click.echo(f"\r\033[K{sentence}" if sys.stderr.isatty() else sentence, err=True)
