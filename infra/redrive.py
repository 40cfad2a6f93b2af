"""`make redrive`: move the dead letters of a deployed stack back to its queue."""

import sys
import time
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

STACK = "PutEventsGateway"
LOOK_SECONDS = 2


def redrive(sqs: "SQSClient", source_url: str, destination_url: str) -> int:
    """Move every message from one queue to the other, telling how it goes; how many there were."""
    source, destination = _arn(sqs, source_url), _arn(sqs, destination_url)
    # The destination is named though SQS knows where a dead letter fell from: what the queue door
    # put there itself fell from nowhere, and a task without a destination would fail over it.
    sqs.start_message_move_task(SourceArn=source, DestinationArn=destination)
    while (task := _task(sqs, source))["Status"] == "RUNNING":
        moved, all_ = (task.get(f"ApproximateNumberOfMessages{kind}", 0) for kind in _KINDS)
        print(f"{moved} of {all_} moved", flush=True)
        time.sleep(LOOK_SECONDS)
    if task["Status"] != "COMPLETED":
        sys.exit(f"The move ended as {task['Status']}. {task.get('FailureReason', '')}".rstrip())
    return int(task.get("ApproximateNumberOfMessagesMoved", 0))


_KINDS = ("Moved", "ToMove")


def _task(sqs: "SQSClient", source: str) -> Any:
    return sqs.list_message_move_tasks(SourceArn=source)["Results"][0]


def _arn(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def main(stack: str = STACK) -> None:
    """Redrive the stack that the credentials and region of the environment lead to."""
    [found] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    moved = redrive(boto3.client("sqs"), outputs["DeadLetterQueueUrl"], outputs["QueueUrl"])
    print(f"Dead letters moved back to {outputs['QueueUrl']}: {moved}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (BotoCoreError, ClientError) as error:
        sys.exit(str(error))
