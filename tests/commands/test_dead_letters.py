"""Dead letters are listed once each, whatever they hold, and can all be seen again afterwards."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from commands.dead_letter import MAX_CELL, NO_REASON, DeadLetter
from commands.dead_letters import COLUMNS, NUMBERS, dead_letters, received
from commands.terminal import table
from putevents.queue.messages import attributes
from putevents.wire.arrival import Arrival
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request, Response, serving

URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead"


def letter(number: int, body: Any, **attributes: str) -> dict[str, Any]:
    return {
        "MessageId": f"m{number}",
        "ReceiptHandle": f"r{number}",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": {"SentTimestamp": "1764054000123"},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }


def listed(*receives: list[Any]) -> list[Any]:
    client = boto3.client(
        "sqs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as sqs:
        for messages in (*receives, []):
            sqs.add_response("receive_message", {"Messages": messages})
        handles = {m["ReceiptHandle"]: None for messages in receives for m in messages}
        for first in range(0, len(handles), 10):
            entries = [
                {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for number, handle in enumerate(list(handles)[first : first + 10])
            ]
            answer: Any = {"Successful": [], "Failed": []}
            expected = {"QueueUrl": URL, "Entries": entries}
            sqs.add_response("change_message_visibility_batch", answer, expected)
        found = list(received(client, URL))
        sqs.assert_no_pending_responses()
    return found


def test_a_dead_letter_says_for_which_destination_it_is_if_there_are_several() -> None:
    [row] = [found.row for found in listed([letter(1, "x", Reason="no", Destinations="stream")])]
    assert row[-1] == "for stream: no"


def test_each_says_when_why_how_many_events_and_whose() -> None:
    batch_item = {"a": {"Events": {"1": {}, "2": {}}}, "b": {"Events": {}}}
    body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    sent = {"Reason": "no", "Attempt": "32", "ArrivalTimestamp": "1764050400000", "RequestId": "r"}
    [found] = listed([letter(1, body, **sent)])
    assert found == (
        "2025-11-25T07:00:00Z", "2025-11-25T06:00:00Z", 32, 2, "my-app", "no", "r", "m1",
        json.dumps(body), sent,
    )  # fmt: skip
    assert found.row == (*found[:2], "32", "2", "my-app", "no")


def test_what_the_functions_say_of_a_dead_letter_is_what_is_listed() -> None:
    dead = letter(1, "x")
    dead["MessageAttributes"] = attributes(Arrival("r", 1764050400000), 32, "no")
    [found] = listed([dead])
    assert (found.ArrivedAt, found.Attempt, found.Reason, found.RequestId) == (
        "2025-11-25T06:00:00Z", 32, "no", "r",
    )  # fmt: skip


@pytest.mark.parametrize(
    "body", ["not json", "[]", "{}", {"ApplicationId": "a", "EventsRequest": {"BatchItem": 5}}]
)
def test_what_cannot_be_read_is_listed_too(body: Any) -> None:
    [found] = listed([letter(1, body)])
    assert (found.ApplicationId, found.Events, found.Reason) == (None, None, NO_REASON)
    assert found.row[2:5] == ("0", "?", "?")


def test_a_letter_that_is_received_twice_is_listed_once_and_all_are_seen_again() -> None:
    letters = [letter(number, "x") for number in range(12)]
    found = listed(letters[:10], letters[9:])
    assert [each.MessageId for each in found] == [f"m{number}" for number in range(12)]


def test_what_a_producer_sent_cannot_steer_the_terminal() -> None:
    body = {"ApplicationId": "\x1b[2J", "EventsRequest": {"BatchItem": {}}}
    [found] = listed([letter(1, body, Attempt="7")])

    assert table(COLUMNS, [found.row], right=NUMBERS).splitlines()[2] == (
        "2025-11-25T07:00:00Z | 2025-11-25T07:00:00Z |     7 |      0 | \\x1b[2J     | " + NO_REASON
    )


@pytest.fixture(name="sqs")
def _sqs(gateway: RunningGateway) -> Iterator[Any]:
    client = boto3.client(
        "sqs",
        endpoint_url=gateway.url,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    yield client
    client.close()


def test_listing_ends_though_letters_come_again_meanwhile(
    gateway: RunningGateway, sqs: Any
) -> None:
    """With a hiding time of nothing, the queue is never seen empty."""
    url = f"{gateway.url}/dead-letters"
    bodies = {f"letter {number}" for number in range(25)}
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    asked: list[Any] = []

    def count(**_: Any) -> None:
        asked.append(1)
        assert len(asked) < 100

    sqs.meta.events.register("before-call.sqs.ReceiveMessage", count)
    found = [each.Body for each in received(sqs, url, hide_seconds=0)]

    assert sorted(found) == sorted(bodies)
    assert {each.Body for each in received(sqs, url)} == bodies


TEXTS = st.one_of(st.text(), st.from_regex(r"\A-?\d{1,20}\Z"), st.just("\x1b]0;x\x07\x9b2J\u202e"))


@given(
    st.one_of(TEXTS, st.recursive(TEXTS, lambda j: st.dictionaries(TEXTS, j)).map(json.dumps)),
    st.dictionaries(
        st.one_of(st.sampled_from(["Attempt", "ArrivalTimestamp", "Reason", "RequestId"]), TEXTS),
        st.one_of(
            st.builds(lambda text: {"DataType": "String", "StringValue": text}, TEXTS),
            st.builds(lambda raw: {"DataType": "Binary", "BinaryValue": raw}, st.binary()),
        ),
    ),
    st.one_of(st.just({}), st.builds(lambda text: {"SentTimestamp": text}, TEXTS)),
)
@example("x", {"Attempt": {"DataType": "String", "StringValue": "x"}}, {})
@example("x", {"Attempt": {"DataType": "Number", "StringValue": "\u00b2"}}, {})
@example("x", {"ArrivalTimestamp": {"DataType": "Number", "StringValue": "999999999999999"}}, {})
def test_any_letter_is_listed_and_its_table_is_plain(
    body: str, attributes: dict[str, Any], system: dict[str, str]
) -> None:
    message = {"MessageId": "m", "ReceiptHandle": "r", "Body": body}
    dead = DeadLetter.of({**message, "MessageAttributes": attributes, "Attributes": system})

    assert json.loads(json.dumps(dead._asdict()))["Body"] == body
    assert set(dead.Attributes) == set(attributes)
    assert all(len(cell) <= MAX_CELL for cell in dead.row)
    shown = table(COLUMNS, [dead.row], right=NUMBERS)
    assert len(shown.split("\n")) == 3
    assert all(c.isprintable() or c == "\n" for c in shown)


def stack_of(outputs: dict[str, str], queue_answer: Callable[[Request], Response]) -> Any:
    """A CloudFormation with one stack, and an SQS, at one address."""
    members = "".join(
        f"<member><OutputKey>{k}</OutputKey><OutputValue>{v}</OutputValue></member>"
        for k, v in outputs.items()
    )
    stack = (
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>S</StackName>"
        "<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
        f"<Outputs>{members}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )

    def respond(call: Request) -> Response:
        if "x-amz-target" not in call.headers:
            return Response(200, stack.encode(), {"Content-Type": "text/xml"})
        return queue_answer(call)

    return serving(respond)


@pytest.fixture(name="aws")
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def failing(call: Request) -> Response:
    error = {"__type": "AccessDenied", "message": "no \x1b[2J \u009b"}
    return Response(400, json.dumps(error).encode())


@pytest.mark.usefixtures("aws")
def test_an_earlier_export_outlives_a_listing_that_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    earlier = tmp_path / "dead.jsonl"
    earlier.write_text("kept")

    with stack_of({"DeadLetterQueueUrl": URL}, failing) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        ended = CliRunner().invoke(dead_letters, ["--export", str(earlier)])

    assert ended.exit_code == 3
    assert re.search(r"Error: .*AccessDenied.* no \\x1b\[2J \\x9b\n", ended.stderr)
    assert earlier.read_text() == "kept"


@pytest.mark.usefixtures("aws")
def test_a_stack_that_is_no_gateways_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with stack_of({"Other": "x"}, failing) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        ended = CliRunner().invoke(dead_letters)

    assert (ended.exit_code, ended.stderr) == (
        3, "Error: The stack has no output DeadLetterQueueUrl: is it a gateway's?"
        ' Name another with OPTIONS="--stack NAME".\n',
    )  # fmt: skip


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize("messages", [0, 1])
def test_an_export_that_cannot_be_written_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, messages: int
) -> None:
    def queue(call: Request) -> Response:
        received = call.headers["x-amz-target"].endswith("ReceiveMessage")
        answer = {"Messages": [letter(1, "x" * 100_000)] * messages} if received else {}
        return Response(200, json.dumps(answer).encode())

    with stack_of({"DeadLetterQueueUrl": URL}, queue) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        ended = CliRunner().invoke(dead_letters, ["--export", "/dev/full"])

    if messages:
        assert (ended.exit_code, ended.stderr) == (
            3, "Error: /dev/full cannot be written (No space left on device).\n",
        )  # fmt: skip
    else:
        assert (ended.exit_code, ended.output) == (0, "Dead letters: 0\n")
