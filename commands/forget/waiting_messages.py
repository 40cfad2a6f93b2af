"""The messages of a queue without a person: what is left of one is sent anew, then it goes."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from commands.dead_letters import messages
from commands.forget.message_parts import cut
from commands.forget.person import Person

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# So short that after a kill the messages can soon be seen again.
HIDE_SECONDS = 30


def remove(
    sqs: "SQSClient", url: str, person: Person, *, dry_run: bool
) -> Iterator[tuple[int, tuple[str, str] | None]]:
    """For each message that can be seen now, how many parts were removed; which stays, and why."""
    with closing(messages(sqs, url, HIDE_SECONDS)) as found:
        for message in found:
            kept, parts, problem = cut(message["Body"], person)
            if parts and not dry_run:
                if kept is not None:
                    sqs.send_message(
                        QueueUrl=url, MessageBody=kept, MessageAttributes=_attributes(message)
                    )
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            told = f"message {message['MessageId']}"
            yield parts, (told, problem) if problem else None


def hidden(sqs: "SQSClient", url: str) -> int:
    """How many messages cannot be seen now: they are being delivered, or wait for their time."""
    names: Any = ["ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found.get(name, 0)) for name in names)


def _attributes(message: Any) -> Any:
    """What rides along, as it was: a new message must not seem to have come only now."""
    kept = {
        name: {key: value for key, value in attribute.items() if "List" not in key}
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    sent = message.get("Attributes", {}).get("SentTimestamp", "0")
    kept.setdefault("ArrivalTimestamp", {"DataType": "Number", "StringValue": sent})
    kept.setdefault("RequestId", {"DataType": "String", "StringValue": message["MessageId"]})
    return kept
