"""`redrive`: move dead letters back to the queue they fell from, all of them or some."""

import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from commands.dead_letter import DeadLetter
from commands.dead_letter_choice import Choice, TwoQueues, choice_options, find_queues
from commands.dead_letters import COLUMNS, NUMBERS, messages, received
from commands.deployed import EXIT_CODES, aws_errors
from commands.exit_codes import StoppedError
from commands.terminal import table

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LOOK_SECONDS = 2
STARTING = "STARTING"  # the new task is not listed yet
_VALUES = ("DataType", "StringValue", "BinaryValue")
EPILOG = f'With make:  make redrive OPTIONS="--reason throttl --dry-run"\n{EXIT_CODES}'


def move(sqs: "SQSClient", source_url: str, destination_url: str) -> int:
    """Move every message from one queue to the other, showing how it goes; how many there were."""
    source, count = _arn_and_count(sqs, source_url)
    destination, _ = _arn_and_count(sqs, destination_url)
    # The destination is named though SQS knows where a dead letter fell from: what the queue door
    # put there itself fell from nowhere, and a task without a destination would fail over it.
    sqs.start_message_move_task(SourceArn=source, DestinationArn=destination)
    with click.progressbar(length=count, label=f"{count} dead letters", show_pos=True) as bar:
        while (task := _task(sqs, source))["Status"] in ("RUNNING", STARTING):
            bar.update(_moved(task) - bar.pos)
            time.sleep(LOOK_SECONDS)
        bar.update(_moved(task) - bar.pos)
    if task["Status"] != "COMPLETED":
        raise StoppedError(
            f"The move ended as {task['Status']}. {task.get('FailureReason', '')}".rstrip()
        )
    return _moved(task)


def move_chosen(queues: TwoQueues, choice: Choice) -> int:
    """Move those that are chosen; a letter is deleted once the queue has confirmed it.

    One that is sent and not deleted, since this is killed in between, is delivered twice.
    """
    moved = 0
    with closing(messages(queues.sqs, queues.dead_letters)) as found:
        for message in found:
            if not choice.matches(DeadLetter.of(message)):
                continue
            sent: Any = {
                name: {key: value[key] for key in _VALUES if key in value}
                for name, value in message.get("MessageAttributes", {}).items()
            }
            queues.sqs.send_message(
                QueueUrl=queues.queue, MessageBody=message["Body"], MessageAttributes=sent
            )
            queues.sqs.delete_message(
                QueueUrl=queues.dead_letters, ReceiptHandle=message["ReceiptHandle"]
            )
            moved += 1
    return moved


def _moved(task: Any) -> int:
    return int(task.get("ApproximateNumberOfMessagesMoved", 0))


def _task(sqs: "SQSClient", source: str) -> Any:
    tasks = sqs.list_message_move_tasks(SourceArn=source).get("Results", [])
    return tasks[0] if tasks else {"Status": STARTING}


def _arn_and_count(sqs: "SQSClient", url: str) -> tuple[str, int]:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found = answer["Attributes"]
    return found["QueueArn"], int(found["ApproximateNumberOfMessages"])


@click.command(epilog=EPILOG)
@click.option("--dry-run", is_flag=True, help="List those that would be moved, and move none.")
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal nothing is asked.")
@choice_options
def redrive(*, dry_run: bool, yes: bool, stack: str, url: str | None, **chosen: Any) -> None:
    """Move dead letters back to the queue, to be tried anew: all of them, or those you choose."""
    choice = Choice(**chosen)
    with aws_errors():
        queues = find_queues(stack, url)
        is_asked = not yes and sys.stdin.isatty()
        if dry_run or is_asked:
            rows = _list(queues, choice)
            if dry_run or not rows:
                click.echo(f"Dead letters that would be moved: {rows}")
                return
            click.confirm(f"Move {rows} dead letters back to {queues.queue}?", abort=True)
        if choice.is_all and not queues.is_local:
            moved = move(queues.sqs, queues.dead_letters, queues.queue)
        else:
            moved = move_chosen(queues, choice)
    click.echo(f"Dead letters moved back to {queues.queue}: {moved}")


def _list(queues: TwoQueues, choice: Choice) -> int:
    with closing(received(queues.sqs, queues.dead_letters)) as letters:
        rows = [letter.row for letter in letters if choice.matches(letter)]
    if rows:
        click.echo(table(COLUMNS, rows, right=NUMBERS))
    return len(rows)
