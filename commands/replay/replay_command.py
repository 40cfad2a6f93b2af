"""`replay-rejected`: send what broke a rule to the queue again, once it breaks none any more."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from commands.aws_session import find_session
from commands.dead_letter_choice import find_queues, local_url
from commands.deployed import EXIT_CODES, aws_errors, outputs, stack_option
from commands.exit_codes import StoppedError
from commands.replay.rejected_rows import RejectedRow, Wanted, of_lake, of_laptop
from commands.terminal import is_asked, table
from putevents.errors import RequestError
from putevents.ingest.submission import Submission
from putevents.ingest.validate import validate
from putevents.queue.messages import MAX_BYTES, MAX_MESSAGE_BYTES, NewMessage, attributes
from putevents.wire.arrival import Arrival
from putevents.wire.body import parse
from putevents.wire.schemas import EventsRequest
from putevents.wire.split import batches

BATCH = 10  # messages that SQS takes in one call
EPILOG = f'With make:  make replay-rejected OPTIONS="--rule timestamp --dry-run"\n{EXIT_CODES}'


@click.command(epilog=EPILOG)
@click.option("--application-id", help="Only of this application.")
@click.option("--rule", help="Only with this in the rule, in any case of its letters.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True,
              help="Only what arrived on this day and those before it.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Count what would be sent, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal it is needed.")
@click.option("--url", callback=local_url, help="Of this `make run` instead of AWS.")
@click.option("--data-dir", type=click.Path(path_type=Path), default=".data", show_default=True,
              help="The store of that `make run`.")  # fmt: skip
@stack_option
def replay_rejected(
    *, dry_run: bool, yes: bool, url: str | None, data_dir: Path, stack: str, **wanted: Any
) -> None:
    """Send rejected events to the queue again, those that the rules of this checkout accept.

    Deploy the mended rules first: the deployed gateway is the one that decides.
    """
    with aws_errors():
        queues, chosen = find_queues(stack, url), Wanted(**wanted)
        if not dry_run and is_asked(yes=yes):
            _count(_rows(stack, url, data_dir, chosen))
            click.confirm(f"Send those that pass to {queues.queue}?", abort=True)
        if dry_run:
            _count(_rows(stack, url, data_dir, chosen))
            return
        sent = 0
        passing = (m for r in _rows(stack, url, data_dir, chosen) if (m := message(r)))
        while pack := list(islice(passing, 1000)):
            for some in batches(pack, lambda m: len(m.body.encode()) + 2048,
                                max_size=MAX_BYTES, max_count=BATCH):  # fmt: skip
                sent += _send(queues.sqs, queues.queue, some)
    click.echo(f"Rejected events sent to {queues.queue} again: {sent}")


def message(row: RejectedRow) -> NewMessage | None:
    """The message of a row; None if it breaks a rule still, or is not kept as a whole."""
    try:
        raw = json.loads(row.event)  # what was longer than the table keeps ends somewhere
    except ValueError:
        return None
    batch = (
        {"Endpoint": raw, "Events": {}}
        if row.event_id is None
        else {"Endpoint": {}, "Events": {row.event_id: raw}}
    )
    text = json.dumps({"BatchItem": {row.endpoint_id: batch}}, ensure_ascii=False)
    arrival = Arrival(row.request_id, row.arrival_timestamp)
    try:
        request = parse(text, EventsRequest)
        tried = Submission(
            row.application_id, request, len(text), arrival, raw=dict, is_message=True
        )
        validate(tried)
    except RequestError:
        return None
    body = json.dumps({"ApplicationId": row.application_id, "EventsRequest": json.loads(text)})
    if tried.rejected or len(body) > MAX_MESSAGE_BYTES:
        return None
    return NewMessage(body, attributes(arrival, 0))


def _rows(stack: str, url: str | None, folder: Path, wanted: Wanted) -> Iterator[RejectedRow]:
    if url:
        return of_laptop(folder, wanted)
    session = find_session()
    return of_lake(session.client("athena"), outputs(stack, session), wanted)


def _count(rows: Iterator[RejectedRow]) -> None:
    """Show of each rule how many pass now."""
    counts = Counter[tuple[str, str, bool]]()
    for row in rows:
        counts[(row.application_id, row.rule, message(row) is not None)] += 1
    kinds = sorted({(application_id, rule) for application_id, rule, _ in counts})
    shown = [(*kind, str(counts[(*kind, True)]), str(counts[(*kind, False)])) for kind in kinds]
    if shown:
        columns = ("application", "rule", "pass now", "still rejected")
        click.echo(table(columns, shown, right=(2, 3)))
    passing = sum(count for (*_, passes), count in counts.items() if passes)
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
