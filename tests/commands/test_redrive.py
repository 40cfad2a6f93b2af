"""A redrive moves each letter that was there at its start once, and none that fell back since."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from commands import redrive
from commands.dead_letter import NO_REASON
from commands.dead_letter_choice import Choice, TwoQueues, find_queues
from commands.dead_letters import received
from tests.local.conftest import StartGateway

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BODY = '{"EventsRequest":{}}'  # it names no application, so it is a dead letter at once
LETTERS = 3


@pytest.fixture(name="queues")
def _queues(start_gateway: StartGateway) -> Iterator[TwoQueues]:
    gateway = start_gateway()
    queues = find_queues("", gateway.url)
    for _ in range(LETTERS):
        queues.sqs.send_message(QueueUrl=queues.queue, MessageBody=BODY)
    _wait_for(queues, LETTERS)
    yield queues
    queues.sqs.close()


def _wait_for(queues: TwoQueues, count: int) -> None:
    """Wait until so many letters are dead, seen or hidden."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs = _client(queues)
    for _ in range(2_000):
        found = sqs.get_queue_attributes(QueueUrl=queues.dead_letters, AttributeNames=names)
        if sum(int(found["Attributes"][name]) for name in names) == count:
            break
    else:
        pytest.fail(f"not {count} dead letters: {found['Attributes']}")
    sqs.close()


def _client(queues: TwoQueues) -> "SQSClient":
    return find_queues("", queues.queue.removesuffix("/queue")).sqs


@pytest.mark.parametrize("choice", [Choice(), Choice(reason="missing")])
def test_what_falls_back_meanwhile_is_counted_and_not_moved_again(
    choice: Choice, queues: TwoQueues
) -> None:
    # Nothing goes on before the letter that was moved is dead again.
    again: Any = lambda **_: _wait_for(queues, LETTERS)  # noqa: E731
    queues.sqs.meta.events.register("after-call.sqs.DeleteMessage", again)

    assert redrive.move(queues, choice) == (LETTERS, LETTERS)
    _wait_for(queues, LETTERS)


def test_what_is_new_meanwhile_is_left_and_did_not_fall_back(queues: TwoQueues) -> None:
    sent = iter(["new"])
    sqs = _client(queues)

    def die(**_: Any) -> None:
        for body in sent:
            sqs.send_message(QueueUrl=queues.dead_letters, MessageBody=body)

    queues.sqs.meta.events.register("before-call.sqs.ReceiveMessage", die)

    moved = redrive.move(queues, Choice())

    assert moved.letters == LETTERS
    _wait_for(queues, LETTERS + 1)
    [new] = [one for one in received(sqs, queues.dead_letters) if one.Body == "new"]
    assert new.Reason == NO_REASON
    sqs.close()
