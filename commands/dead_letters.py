"""`dead-letters`: list what is in the dead-letter queue, and leave it there."""

import json
from collections.abc import Collection, Generator
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

import click

from commands.dead_letter import DeadLetter
from commands.dead_letter_choice import Choice, check_place, choice_options, find_queues
from commands.deployed import EXIT_CODES, OF_LAPTOP_URL, aws_errors
from commands.exit_codes import StoppedError
from commands.terminal import table

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# How long a message is hidden from other receivers while all are being listed: at first, how much
# longer for each second that the listing has taken, and SQS's limits of that time and of messages.
HIDE_SECONDS = 300
HIDE_FACTOR = 4
MAX_HIDE_SECONDS = 43_200
MAX_HIDDEN = 120_000
COLUMNS = ("dead since", "arrived", "tries", "events", "application", "why")
NUMBERS = (2, 3)  # of the columns
EPILOG = f'With make:  make dead-letters OPTIONS="--export FILE"\n{EXIT_CODES}'


def received(sqs: "SQSClient", url: str, hide_seconds: int = HIDE_SECONDS) -> Generator[DeadLetter]:
    """Every message of the queue once; at the end all can be seen again."""
    with closing(messages(sqs, url, hide_seconds)) as found:
        yield from map(DeadLetter.of, found)


def messages(sqs: "SQSClient", url: str, hide_seconds: int = HIDE_SECONDS) -> Generator[Any]:
    """The same as SQS gives them; those that were not deleted can be seen again."""
    with closing(answers(sqs, url, hide_seconds)) as found:
        for some in found:
            yield from some


def answers(
    sqs: "SQSClient", url: str, hide_seconds: int = HIDE_SECONDS, gone: Collection[str] = ()
) -> Generator[list[Any]]:
    """The same, up to ten at a time; at the end all can be seen again but those that are `gone`."""
    started, repeated = monotonic(), 0
    hidden: dict[str, str] = {}
    try:
        # A letter is seen again when its time is over, so an empty answer may never come: as many
        # known letters in a row as there are, and none that is new, are the end too.
        while repeated <= len(hidden):
            seconds = hide_seconds + HIDE_FACTOR * int(monotonic() - started)
            found = _receive(sqs, url, min(seconds, MAX_HIDE_SECONDS))
            if not found:
                break
            new = [m for m in found if m["MessageId"] not in hidden]
            repeated = 0 if new else repeated + len(found)
            hidden |= {m["MessageId"]: m["ReceiptHandle"] for m in found}
            yield new
    finally:
        handles = [handle for id_, handle in hidden.items() if id_ not in gone]
        for first in range(0, len(handles), 10):
            entries: Any = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(handles[first : first + 10])
            ]
            sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _receive(sqs: "SQSClient", url: str, seconds: int) -> Any:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=seconds,
        WaitTimeSeconds=1,  # any, so that all of SQS's servers are asked
        AttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    return answer.get("Messages", [])


@click.command(epilog=EPILOG)
@click.option(
    "--export",
    # Opened when there is something to write: an earlier export outlives a wrong stack.
    type=click.File("w", encoding="utf-8", lazy=True),
    help="Write them here too, one JSON object a line.",
)
@choice_options
def dead_letters(
    *,
    export: TextIO | None,
    stack: str,
    url: str | None,
    profile: str | None,
    region: str | None,
    **chosen: Any,
) -> None:
    """List the dead letters of the stack; none is deleted or moved."""
    check_place(url)
    rows, choice = [], Choice(**chosen)
    with aws_errors(of_laptop=OF_LAPTOP_URL):
        queues = find_queues(stack, url, profile, region, both=False)
        with closing(received(queues.sqs, queues.dead_letters)) as letters:
            for letter in filter(choice.matches, letters):
                rows.append(letter.row)
                _write(export, json.dumps(letter._asdict()) + "\n")
    _write(export, "")  # an export of none is an empty file
    if rows:
        click.echo(table(COLUMNS, rows, right=NUMBERS))
    click.echo(f"Dead letters: {len(rows)}")
    if len(rows) >= MAX_HIDDEN:
        click.echo("SQS shows no more than that at once: there may be others.", err=True)


def _write(export: TextIO | None, line: str) -> None:
    if export is None:
        return
    try:
        export.write(line)
        export.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StoppedError(f"{export.name} cannot be written ({error.strerror}).") from None
