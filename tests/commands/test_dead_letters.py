"""Dead letters are listed once each, whatever they hold, and can all be seen again afterwards."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from commands.dead_letters import COLUMNS, NO_REASON, NUMBERS, received
from commands.terminal import table
from putevents.queue.messages import attributes
from putevents.wire.arrival import Arrival

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


def test_each_says_when_why_how_many_events_and_whose() -> None:
    batch_item = {"a": {"Events": {"1": {}, "2": {}}}, "b": {"Events": {}}}
    body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    sent = {"Reason": "no", "Attempt": "32", "ArrivalTimestamp": "1764050400000", "RequestId": "r"}
    [found] = listed([letter(1, body, **sent)])
    assert found == (
        "2025-11-25T07:00:00Z", "2025-11-25T06:00:00Z", 32, 2, "my-app", "no", "r", "m1",
        json.dumps(body),
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
