"""What SQS says of a message: that it was sent, what was received, and their digests."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from local.queue_message import Attributes, Message


def sent(message_id: str, body: str, attributes: Attributes) -> dict[str, Any]:
    """Confirm a message that was sent; SDKs compare the digests."""
    answer = {"MessageId": message_id, "MD5OfMessageBody": md5_of(body)}
    if attributes:
        answer["MD5OfMessageAttributes"] = md5_of_attributes(attributes)
    return answer


def received(message: Message) -> dict[str, Any]:
    """Describe a message that is received."""
    answer: dict[str, Any] = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "Body": message.body,
        "MD5OfBody": md5_of(message.body),
        "Attributes": system_attributes(message),
    }
    if message.attributes:
        answer["MessageAttributes"] = message.attributes
        answer["MD5OfMessageAttributes"] = md5_of_attributes(message.attributes)
    return answer


def system_attributes(message: Message) -> dict[str, str]:
    """Return what SQS itself says of a received message."""
    return {
        "ApproximateReceiveCount": str(message.receive_count),
        "SentTimestamp": str(message.sent_at),
        "SenderId": "local",
        "ApproximateFirstReceiveTimestamp": str(message.first_received_at),
    }


def md5_of(text: str) -> str:
    """Return the digest of a message's body."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: Attributes) -> str:
    """Return the digest that SQS makes: each part after its length, ordered by name."""
    digest = hashlib.md5(usedforsecurity=False)
    for name, value in sorted(attributes.items()):
        digest.update(_sized(name.encode()) + _sized(value["DataType"].encode()))
        digest.update(b"\x02" if "BinaryValue" in value else b"\x01")
        digest.update(_sized(_value(value)))
    return digest.hexdigest()


def _value(attribute: Mapping[str, Any]) -> bytes:
    if "BinaryValue" in attribute:
        return base64.b64decode(attribute["BinaryValue"])
    text: str = attribute["StringValue"]
    return text.encode()


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(4) + part
