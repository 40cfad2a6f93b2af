"""A redrive waits for its task, and says how it ended."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from commands import redrive
from commands.exit_codes import StoppedError

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/"
ARN = "arn:aws:sqs:eu-west-1:123456789012:"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrive, "LOOK_SECONDS", 0)


def moved(*tasks: list[dict[str, Any]]) -> int:
    client = boto3.client(
        "sqs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as sqs:
        for name in ("dead", "queue"):
            attributes = {"QueueArn": f"{ARN}{name}", "ApproximateNumberOfMessages": "2"}
            sqs.add_response("get_queue_attributes", {"Attributes": attributes})
        move = {"SourceArn": f"{ARN}dead", "DestinationArn": f"{ARN}queue"}
        sqs.add_response("start_message_move_task", {"TaskHandle": "t"}, move)
        for found in tasks:
            sqs.add_response("list_message_move_tasks", {"Results": found})
        return redrive.move(client, f"{URL}dead", f"{URL}queue")


def test_a_task_that_is_not_listed_yet_is_waited_for() -> None:
    running = {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 1}
    done = {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 2}

    assert moved([], [running], [done]) == 2


def test_why_a_task_failed_cannot_steer_the_terminal() -> None:
    failed = {"Status": "FAILED", "FailureReason": "no\x1b[2J"}
    with pytest.raises(StoppedError) as caught:
        moved([failed])

    assert caught.value.format_message() == "The move ended as FAILED. no\\x1b[2J"
