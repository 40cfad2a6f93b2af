"""`replay-rejected`: send what broke a rule to the queue again, once it breaks none any more."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from commands.aws_session import find_session
from commands.dead_letter_choice import check_place, find_queues, local_url
from commands.demo.listening import RunningGateway
from commands.deployed import (
    EXIT_CODES,
    OF_LAPTOP_URL,
    account_options,
    aws_errors,
    outputs,
    stack_option,
)
from commands.exit_codes import StoppedError
from commands.ignored_options import reject_ignored
from commands.replay.rejected_rows import RejectedRow, Wanted, of_lake, of_laptop
from commands.replay.replayed_message import Outcome, replayed
from commands.terminal import ask, is_asked, table, yes_option
from local.database import FILE
from putevents.queue.messages import MAX_BYTES, NewMessage
from putevents.wire.split import batches

BATCH = 10  # messages that SQS takes in one call
EPILOG = f'With make:  make replay-rejected OPTIONS="--rule timestamp --dry-run"\n{EXIT_CODES}'


@click.command(epilog=EPILOG)
@click.option("--application-id", help="Only of this application.")
@click.option("--rule", help="Only with this in the rule, upper or lower case.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, metavar="N",
              help="Only what arrived in the last N days, today included.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Count what would be sent, and send nothing.")
@yes_option
@click.option("--url", callback=local_url, help="Of this `make run` instead of AWS.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=".data", show_default=True,
              help="The store of the `make run` that --url names.")  # fmt: skip
@account_options
@stack_option
def replay_rejected(
    *,
    dry_run: bool,
    yes: bool,
    url: str | None,
    data_dir: Path,
    stack: str,
    profile: str | None,
    region: str | None,
    **wanted: Any,
) -> None:
    """Send rejected events to the queue again, those that the rules of this checkout accept.

    Deploy the mended rules first: the deployed gateway is the one that decides.
    """
    check_place(url)
    if not url:
        reject_ignored("without --url, which names the `make run` of that store.", "data_dir")
    with aws_errors(of_laptop=OF_LAPTOP_URL):
        queues = find_queues(stack, url, profile, region)
        rows = partial(_rows, Wanted(**wanted), url, data_dir, stack, profile, region)
        if url and not dry_run:
            _check_store(url, data_dir)
        if not dry_run and is_asked(yes=yes):
            _count(rows())
            ask(f"Send those that pass to {queues.queue}?")
        if dry_run:
            _count(rows())
            return
        sent = 0
        passing = (m for row in rows() if (m := replayed(row).message))
        while pack := list(islice(passing, 1000)):
            for some in batches(pack, lambda m: len(m.body.encode()) + 2048,
                                max_size=MAX_BYTES, max_count=BATCH):  # fmt: skip
                sent += _send(queues.sqs, queues.queue, some)
    click.echo(f"Rejected events sent to {queues.queue} again: {sent}")


def _check_store(url: str, folder: Path) -> None:
    """Raise StoppedError unless the rows of this folder are those of the `make run` at the URL."""
    gateway = RunningGateway(str(urlsplit(url).port or 80))
    if not gateway.is_there():
        raise StoppedError(f"Nothing listens on {gateway.url}.")
    if (folder / FILE).exists():  # else there are no rows, which is told
        gateway.check_store(folder, "--data-dir", "--url")


def _rows(
    wanted: Wanted,
    url: str | None,
    folder: Path,
    stack: str,
    profile: str | None,
    region: str | None,
) -> Iterator[RejectedRow]:
    if url:
        return of_laptop(folder, wanted)
    session = find_session(profile, region)
    return of_lake(session.client("athena"), outputs(stack, session), wanted)


def _count(rows: Iterator[RejectedRow]) -> None:
    """Show of each rule how many pass now, and how many never can."""
    counts = Counter((row.application_id, row.rule, replayed(row).outcome) for row in rows)
    kinds = sorted({(application_id, rule) for application_id, rule, _ in counts})
    shown = [(*kind, *(str(counts[(*kind, one)]) for one in Outcome)) for kind in kinds]
    if shown:
        click.echo(table(("application", "rule", *Outcome), shown, right=(2, 3, 4)))
    passing = sum(count for (*_, one), count in counts.items() if one is Outcome.PASSES)
    click.echo(f"Rejected events that would be sent: {passing}")


def _send(sqs: Any, url: str, messages: list[NewMessage]) -> int:
    entries = [{"Id": str(n), **m.parameters} for n, m in enumerate(messages)]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    if failed := answer.get("Failed"):
        raise StoppedError(
            f"The queue did not take {len(failed)} of {len(entries)} messages"
            f" ({failed[0]['Code']}): what was sent before is sent."
        )
    return len(entries)
