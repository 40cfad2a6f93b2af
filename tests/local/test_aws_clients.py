"""The AWS CLI and boto3, pointed at a gateway as their users would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.local.running_gateway import EVENT, RunningGateway, put_events_body

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
ANSWER = {
    "EventsResponse": {
        "Results": {
            "device": {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {"1": ACCEPTED}}
        }
    }
}
CREDENTIALS = {"aws_access_key_id": "made-up", "aws_secret_access_key": "made-up"}

Aws = Callable[..., Any]


@pytest.fixture(name="aws")
def _aws(gateway: RunningGateway, tmp_path: Path) -> Aws:
    """The AWS CLI with `--endpoint-url`; its JSON output."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_DEFAULT_REGION": "us-east-1",
        **{name.upper(): value for name, value in CREDENTIALS.items()},
    }

    def aws(service: str, command: str, *options: str) -> Any:
        program = str(Path(sys.executable).with_name("aws"))
        ended = subprocess.run(
            [program, service, command, "--endpoint-url", gateway.url, *options],
            env=environ,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return aws


def test_the_cli_sends_events_from_a_file(
    aws: Aws, gateway: RunningGateway, tmp_path: Path
) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps(put_events_body()))

    options = ["--application-id", "cli-file", "--events-request", f"file://{file}"]
    assert aws("pinpoint", "put-events", *options) == ANSWER
    assert gateway.stored("cli-file") == [("device", "1", "hello")]


def test_the_cli_sends_events_from_the_command_line(aws: Aws, gateway: RunningGateway) -> None:
    options = ["--application-id", "cli-json", "--events-request", json.dumps(put_events_body())]

    assert aws("pinpoint", "put-events", *options) == ANSWER
    assert gateway.stored("cli-json") == [("device", "1", "hello")]


def test_the_cli_sends_its_own_skeleton_filled_in(
    aws: Aws, gateway: RunningGateway, tmp_path: Path
) -> None:
    skeleton = aws("pinpoint", "put-events", "--generate-cli-skeleton")
    [batch] = skeleton["EventsRequest"]["BatchItem"].values()
    file = tmp_path / "skeleton.json"
    file.write_text(
        json.dumps({"ApplicationId": "cli-skeleton", "EventsRequest": _filled_in(batch)})
    )

    assert aws("pinpoint", "put-events", "--cli-input-json", f"file://{file}") == ANSWER
    [(stored,)] = gateway.rows("SELECT event FROM events WHERE application_id = 'cli-skeleton'")
    [sent] = _filled_in(batch)["BatchItem"]["device"]["Events"].values()
    assert json.loads(stored) == sent


def test_the_cli_sends_a_message_to_the_queue(
    aws: Aws, gateway: RunningGateway, tmp_path: Path
) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps({"ApplicationId": "cli-queue", "EventsRequest": put_events_body()}))
    printed = len(gateway.lines)
    options = ["--queue-url", f"{gateway.url}/queue", "--message-body", f"file://{file}"]

    assert "MessageId" in aws("sqs", "send-message", *options)
    gateway.wait_for("queue  1 taken", printed)
    assert gateway.stored("cli-queue") == [("device", "1", "hello")]


def test_boto3_gets_an_answer_for_each_event(gateway: RunningGateway) -> None:
    client = boto3.client(
        "pinpoint", endpoint_url=gateway.url, region_name="us-east-1", **CREDENTIALS
    )
    with closing(client):
        answer = client.put_events(
            ApplicationId="boto3",
            EventsRequest={
                "BatchItem": {
                    "device": {
                        "Endpoint": {},
                        "Events": {
                            "good": {"EventType": "hello", "Timestamp": EVENT["Timestamp"]},
                            "bad": {"EventType": "hello", "Timestamp": "yesterday"},
                        },
                    }
                }
            },
        )

    results = answer["EventsResponse"]["Results"]["device"]["EventsItemResponse"]
    assert {event_id: item["StatusCode"] for event_id, item in results.items()} == {
        "good": 202,
        "bad": 400,
    }
    assert gateway.stored("boto3") == [("device", "good", "hello")]


def test_boto3_raises_its_own_exception_for_what_is_refused_whole(
    gateway: RunningGateway,
) -> None:
    client = boto3.client(
        "pinpoint", endpoint_url=gateway.url, region_name="us-east-1", **CREDENTIALS
    )
    with closing(client), pytest.raises(client.exceptions.NotFoundException):
        client.get_app(ApplicationId="x")


def _filled_in(batch: Any) -> Any:
    """The skeleton's one batch with every value that its author left open."""
    [event] = batch["Events"].values()
    session = {
        "Id": "s",
        "StartTimestamp": "2026-01-02T03:04:00Z",
        "StopTimestamp": "2026-01-02T03:04:05Z",
        "Duration": 5000,
    }
    times = {"Timestamp": EVENT["Timestamp"], "Session": session}
    texts = {name: "hello" for name, value in event.items() if value == ""}
    maps = {"Attributes": {"k": "v"}, "Metrics": {"m": 1.5}}
    endpoint = {**batch["Endpoint"], "EffectiveDate": EVENT["Timestamp"], "ChannelType": "CUSTOM"}
    return put_events_body({"1": {**event, **texts, **maps, **times}}, endpoint)
