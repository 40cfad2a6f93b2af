"""Sends a file of requests, a line each and a bounded number at once, with a progress bar."""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, BinaryIO

import click

from commands.exit_codes import ExitCode
from commands.send.call import BadCallError, Call
from commands.send.client import CallError, Client
from commands.send.summary import Summary
from commands.terminal import say

CONCURRENCY = 10
Pending = dict[Future[dict[str, Any]], tuple[int, Call]]


def send_lines(
    client: Client, file: BinaryIO, application_id: str | None, concurrency: int
) -> ExitCode:
    """Send every line and print the summary; how the command ends."""
    summary = Summary()
    length, hidden = _count(file), not sys.stderr.isatty()
    with click.progressbar(
        _numbered(file), length, show_pos=True, file=sys.stderr, hidden=hidden
    ) as lines:
        _send(client, _calls(lines, application_id, summary), concurrency, summary)
    for line in summary.lines():
        click.echo(line)
    return summary.exit_code


def _calls(
    lines: Iterable[tuple[int, bytes]], application_id: str | None, summary: Summary
) -> Iterator[tuple[int, Call]]:
    for number, line in lines:
        try:
            yield number, Call.of_line(line, application_id)
        except BadCallError as error:
            say(f"Line {number} was not sent: {error}.")
            summary.add_bad_line()


def _send(
    client: Client, calls: Iterator[tuple[int, Call]], concurrency: int, summary: Summary
) -> None:
    """Send the calls. Ctrl-C sends no more; what is on its way is still counted."""
    pending: Pending = {}
    with ThreadPoolExecutor(concurrency) as pool:
        try:
            for number, call in calls:
                pending[pool.submit(client.put_events, call)] = number, call
                if len(pending) == concurrency:
                    _add(summary, pending, wait(pending, return_when=FIRST_COMPLETED).done)
        except KeyboardInterrupt:
            summary.end_with(ExitCode.INTERRUPTED)
        _add(summary, pending, wait(pending).done)


def _add(summary: Summary, pending: Pending, done: Iterable[Future[dict[str, Any]]]) -> None:
    for future in done:
        number, call = pending.pop(future)
        try:
            summary.add_answer(call, future.result())
        except CallError as error:
            summary.add_failure(call, error, number)


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
