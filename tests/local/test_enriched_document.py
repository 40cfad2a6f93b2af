"""docs/enriched-events.md says what is so: its commands, its pipe and its function are run."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from types import ModuleType, SimpleNamespace
from typing import Any

import aws_cdk
import pytest
from aws_cdk import assertions, aws_iam, aws_kinesis, aws_sqs

from putevents.wire.rules import MAX_CHANGES, TOO_MANY_CHANGES
from tests.local.running_gateway import ROOT, RunningGateway
from tests.unit.doors import Doors, FakeDestination, FakeQueue, sqs_record
from tests.unit.enriched_samples import PLATFORMS, envelope, example

PAGE = (ROOT / "docs/enriched-events.md").read_text()
SHOWN = "http://127.0.0.1:8080"
EXAMPLES = re.findall(r"```sh\n(.*?)\n```\n\n```json\n(.*?)\n```", PAGE, re.S)
[PIPE, FUNCTION] = re.findall(r"```python\n(.*?)```", PAGE, re.S)
TEMPLATE: str
[TEMPLATE] = re.findall(r"```json\n(\{\"ApplicationId\".*)\n```", PAGE)


@pytest.mark.parametrize(("command", "answer"), EXAMPLES)
def test_a_command_gets_the_answer_shown(
    gateway: RunningGateway, command: str, answer: str
) -> None:
    done = subprocess.run(  # noqa: S602 # as its reader runs it
        command.replace("curl ", "curl -s ").replace(SHOWN, gateway.url),
        shell=True, capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout) == json.loads(answer)


def test_there_are_commands_to_run() -> None:
    assert len(EXAMPLES) == 2
    assert f"less than {MAX_CHANGES} times" in PAGE
    assert TOO_MANY_CHANGES in PAGE


def piped(data: bytes) -> str:
    """What a pipe makes of a record of Kinesis: JSON as it is, anything else in base64."""
    try:
        json.loads(data)
        found = data.decode()
    except ValueError:
        found = json.dumps(b64encode(data).decode())
    return TEMPLATE.replace("<$.data>", found)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_pipes_message_is_delivered(platform: str) -> None:
    destination = FakeDestination()
    one = json.dumps(example(platform)).encode()
    lines = b"\n".join([one, json.dumps(envelope("other")).encode()])
    records = [sqs_record(piped(one), "m1"), sqs_record(piped(lines), "m2")]
    assert Doors(destination, FakeQueue()).stay(*records) == []
    client_id = example(platform)["client"]["client_id"]
    assert sorted({id_ for _, id_, _ in destination.delivered}) == sorted({client_id, "other"})


def test_the_pipe_is_one_that_cloudformation_knows() -> None:
    stack = aws_cdk.Stack()
    names: dict[str, Any] = {
        "stack": stack,
        "stream": aws_kinesis.Stream(stack, "Stream"),
        "queue": aws_sqs.Queue(stack, "Queue"),
        "role": aws_iam.Role(
            stack, "Role", assumed_by=aws_iam.ServicePrincipal("pipes.amazonaws.com")
        ),
    }
    exec(PIPE, names)  # noqa: S102 # as its reader runs it
    assertions.Template.from_stack(stack).has_resource_properties(
        "AWS::Pipes::Pipe", {"TargetParameters": {"InputTemplate": TEMPLATE}}
    )


def test_the_function_sends_each_record_of_firehose(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send_message_batch(*, QueueUrl: str, Entries: list[Any]) -> Any:  # noqa: N803 # boto3's
        assert QueueUrl == "https://queue"
        assert len(Entries) <= 10
        failed = [entry for entry in Entries if entry["Id"] == "11"]
        sent.extend(entry for entry in Entries if entry not in failed)
        return {"Failed": failed} if failed else {}

    boto3 = ModuleType("boto3")
    client = SimpleNamespace(send_message_batch=send_message_batch)
    monkeypatch.setattr(boto3, "client", lambda _: client, raising=False)
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    monkeypatch.setenv("APPLICATION_ID", "my-app")
    monkeypatch.setenv("QUEUE_URL", "https://queue")
    names: dict[str, Any] = {}
    exec(FUNCTION, names)  # noqa: S102 # as its reader runs it
    records = [
        {"recordId": f"r{n}", "data": b64encode(json.dumps(envelope(str(n))).encode()).decode()}
        for n in range(12)
    ]

    answer = names["handler"]({"records": records}, None)

    assert [one["recordId"] for one in answer["records"]] == [one["recordId"] for one in records]
    results = {one["recordId"]: one["result"] for one in answer["records"]}
    assert results == dict.fromkeys(results, "Ok") | {"r11": "ProcessingFailed"}
    destination = FakeDestination()
    doors = Doors(destination, FakeQueue())
    assert doors.stay(*(sqs_record(m["MessageBody"], m["Id"]) for m in sent)) == []
    assert {id_ for _, id_, _ in destination.delivered} == set(map(str, range(11)))
