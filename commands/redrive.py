"""`redrive`: move the dead letters of a deployed stack back to its queue."""

import time
from typing import TYPE_CHECKING, Any

import click

from commands.aws_session import find_session
from commands.deployed import EXIT_CODES, aws_errors, outputs, stack_option
from commands.exit_codes import StoppedError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LOOK_SECONDS = 2
STARTING = "STARTING"  # the new task is not listed yet
EPILOG = f"With make:  make redrive OPTIONS=...\n{EXIT_CODES}"


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
@stack_option
def redrive(stack: str) -> None:
    """Move the dead letters of the stack back to its queue, to be tried anew."""
    with aws_errors():
        session = find_session()
        found = outputs(stack, session)
        moved = move(session.client("sqs"), found["DeadLetterQueueUrl"], found["QueueUrl"])
    click.echo(f"Dead letters moved back to {found['QueueUrl']}: {moved}")
