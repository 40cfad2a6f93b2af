"""Sends a file of requests, a line each, with a progress bar and a summary."""

import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from clients.put_events.gateway import Gateway
from clients.put_events.load import Load
from clients.put_events.options import Options
from clients.put_events.outcome import ExitCode
from clients.put_events.summary import Summary


def send_lines(gateway: Gateway, file: BinaryIO, options: Options) -> ExitCode:
    """Send every line, print the summary; how the command ends."""
    summary = Summary(options.rate)
    load = Load(gateway, summary, rate=options.rate, concurrency=options.concurrency)
    length = _count(file)
    with click.progressbar(
        _numbered(file), length, show_pos=True, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as lines:
        load.send(lines, options.application_id, _complain)
    for line in summary.lines():
        click.echo(line)
    return summary.exit_code


def _numbered(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(file, 1) if line.strip())


def _count(file: BinaryIO) -> int | None:
    """How many lines there are to send, if that can be known beforehand."""
    if not file.seekable():
        return None
    start = file.tell()
    count = sum(1 for _ in _numbered(file))
    file.seek(start)
    return count


def _complain(sentence: str) -> None:
    # On a terminal the progress bar stands in this line.
    click.echo(f"\r\033[K{sentence}" if sys.stderr.isatty() else sentence, err=True)
