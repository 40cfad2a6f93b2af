"""`redrive`: move dead letters back to the queue they fell from, all of them or some."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from email.utils import formatdate, parsedate_to_datetime
from typing import Any, NamedTuple

import click

from commands.dead_letter import DeadLetter
from commands.dead_letter_choice import Choice, TwoQueues, check_place, choice_options, find_queues
from commands.dead_letters import COLUMNS, NUMBERS, answers, received
from commands.deployed import EXIT_CODES, OF_LAPTOP_URL, aws_errors
from commands.plain_text import counted
from commands.terminal import ask, is_asked, table, yes_option

AT_ONCE = 10  # that many are moved at a time: those of an answer; boto3 has as many connections
CLOCK_SECONDS = 2  # a date has whole seconds, and a server may be a second late to write the next
_VALUES = ("DataType", "StringValue", "BinaryValue")
EPILOG = f'With make:  make redrive OPTIONS="--reason throttl --dry-run"\n{EXIT_CODES}'


class Moved(NamedTuple):
    """How many letters were moved, and how many of them were seen to fall back meanwhile."""

    letters: int
    fallen: int


def move(queues: TwoQueues, choice: Choice) -> Moved:
    """Move those chosen that are dead now; a letter is deleted once the queue has confirmed it.

    One that is sent and not deleted, since this is killed in between, is delivered twice. SQS's own
    task to move a queue would move what falls back too, for as long as it does.
    """
    start, count = _start(queues)
    gone, known, fallen = set[str](), set[str](), 0
    time.sleep(CLOCK_SECONDS)  # from here on, whatever is sent has a later date
    with (
        ThreadPoolExecutor(AT_ONCE) as pool,
        closing(answers(queues.sqs, queues.dead_letters, gone=gone)) as found,
        click.progressbar(
            length=count, label=f"Looking at {counted(count, 'dead letter')}", show_pos=True,
            hidden=not sys.stdout.isatty(),
        ) as bar,
    ):  # fmt: skip
        for some in found:
            old = [message for message in some if _sent_at(message) < start]
            fallen += sum(not known.isdisjoint(_ids(m)) for m in some if _sent_at(m) >= start)
            chosen = [message for message in old if choice.matches(DeadLetter.of(message))]
            for message, sent_id in zip(
                chosen, pool.map(lambda one: _move(queues, one), chosen), strict=True
            ):
                gone.add(message["MessageId"])
                known |= {sent_id, *_ids(message)}
            bar.update(len(old))
    return Moved(len(gone), fallen)


def _start(queues: TwoQueues) -> tuple[int, int]:
    """The first moment after the start, by SQS's clock; about how many letters there are."""
    answer: Any = queues.sqs.get_queue_attributes(
        QueueUrl=queues.dead_letters, AttributeNames=["ApproximateNumberOfMessages"]
    )
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date") or formatdate(usegmt=True)
    start = (int(parsedate_to_datetime(date).timestamp()) + CLOCK_SECONDS) * 1000
    return start, int(answer["Attributes"]["ApproximateNumberOfMessages"])


def _sent_at(message: Any) -> int:
    """When a letter was sent: by the gateway as a dead letter, or to the queue it fell from."""
    return int(message["Attributes"]["SentTimestamp"])


def _ids(message: Any) -> Iterator[str]:
    """What a letter is known by when it falls back: its message's id, or the request's."""
    yield message["MessageId"]
    told = message.get("MessageAttributes", {}).get("RequestId", {}).get("StringValue")
    if told:
        yield told


def _move(queues: TwoQueues, message: Any) -> str:
    attributes: Any = {
        name: {key: value[key] for key in _VALUES if key in value}
        for name, value in message.get("MessageAttributes", {}).items()
    }
    sent = queues.sqs.send_message(
        QueueUrl=queues.queue, MessageBody=message["Body"], MessageAttributes=attributes
    )
    queues.sqs.delete_message(QueueUrl=queues.dead_letters, ReceiptHandle=message["ReceiptHandle"])
    return sent["MessageId"]


@click.command(epilog=EPILOG)
@click.option("--dry-run", is_flag=True, help="List those that would be moved, and move none.")
@yes_option
@choice_options
def redrive(
    *,
    dry_run: bool,
    yes: bool,
    stack: str,
    url: str | None,
    profile: str | None,
    region: str | None,
    **chosen: Any,
) -> None:
    """Move dead letters back to the queue, to be tried anew: all of them, or those you choose."""
    check_place(url)
    choice = Choice(**chosen)
    with aws_errors(of_laptop=OF_LAPTOP_URL):
        queues = find_queues(stack, url, profile, region)
        if dry_run or is_asked(yes=yes):
            rows = _list(queues, choice)
            if dry_run or not rows:
                click.echo(f"Dead letters that would be moved: {rows}")
                return
            letters = counted(rows, "dead letter")
            ask(f"Move {letters} back to {queues.queue}?")
        moved = move(queues, choice)
    click.echo(f"Dead letters moved back to {queues.queue}: {moved.letters}")
    if moved.fallen:
        are = "is a dead letter" if moved.fallen == 1 else "are dead letters"
        click.echo(f"{moved.fallen} of them failed again at once and {are} again.", err=True)


def _list(queues: TwoQueues, choice: Choice) -> int:
    with closing(received(queues.sqs, queues.dead_letters)) as letters:
        rows = [letter.row for letter in letters if choice.matches(letter)]
    if rows:
        click.echo(table(COLUMNS, rows, right=NUMBERS))
    return len(rows)
