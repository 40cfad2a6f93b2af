"""The shapes of the SQS JSON protocol: requests with their limits, and responses."""

import hashlib
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from local.queue_message import DEAD_LETTERS, QUEUE, Attributes, Message

MAX_BYTES = 1024 * 1024
MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200

_FORBIDDEN_CHARACTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SqsError(Exception):
    """An error response of SQS; `code` names the exception class in the caller's SDK."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Shape(BaseModel):
    """A shape of the protocol, with its member names in PascalCase."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")


class MessageAttribute(Shape):
    """An attribute that is a text or a number."""

    data_type: str
    string_value: str


class Entry(Shape):
    """A message to be sent."""

    id: str = ""
    message_body: str
    delay_seconds: int = 0
    message_attributes: dict[str, MessageAttribute] = {}

    @property
    def attributes(self) -> Attributes:
        """The attributes as the protocol has them."""
        return {
            name: value.model_dump(by_alias=True) for name, value in self.message_attributes.items()
        }

    @property
    def size(self) -> int:
        """The bytes that SQS counts."""
        texts = [self.message_body]
        for name, value in self.attributes.items():
            texts += [name, *value.values()]
        return sum(len(text.encode()) for text in texts)

    @property
    def rejection(self) -> SqsError | None:
        """Why SQS would reject the message, or None."""
        if not 0 <= self.delay_seconds <= MAX_DELAY_SECONDS:
            return SqsError("InvalidParameterValue", f"DelaySeconds: 0 to {MAX_DELAY_SECONDS}.")
        if not self.message_body or self.size > MAX_BYTES:
            return SqsError("InvalidParameterValue", f"A message is 1 to {MAX_BYTES} bytes long.")
        if _FORBIDDEN_CHARACTERS.search(self.message_body):
            return SqsError("InvalidMessageContents", "It holds a character that SQS rejects.")
        return None


class VisibilityEntry(Shape):
    """A received message, and when it is visible again."""

    id: str
    receipt_handle: str
    visibility_timeout: int = Field(ge=0, le=MAX_VISIBILITY_SECONDS)


class QueueRequest(Shape):
    """The member that every action has."""

    queue_url: str

    @property
    def queue(self) -> str:
        """The name of the queue; raises SqsError if there is none."""
        name = self.queue_url.rstrip("/").rpartition("/")[2]
        if name not in (QUEUE, DEAD_LETTERS):
            raise SqsError("QueueDoesNotExist", f"The queues here: {QUEUE} and {DEAD_LETTERS}.")
        return name


class Request(QueueRequest):
    """The members that the actions may have."""

    entries: list[Entry] = []
    receipt_handle: str = ""
    visibility_timeout: int | None = Field(None, ge=0, le=MAX_VISIBILITY_SECONDS)
    max_number_of_messages: int = Field(1, ge=1, le=10)


class VisibilityRequest(QueueRequest):
    """ChangeMessageVisibilityBatch."""

    entries: list[VisibilityEntry] = []


def sent(entry: Entry, message_id: str) -> dict[str, Any]:
    """Confirm a message that was sent; SDKs compare the digests."""
    answer = {"MessageId": message_id, "MD5OfMessageBody": md5_of(entry.message_body)}
    if entry.attributes:
        answer["MD5OfMessageAttributes"] = md5_of_attributes(entry.attributes)
    return answer


def received(message: Message) -> dict[str, Any]:
    """Describe a message that is received."""
    answer: dict[str, Any] = {
        "MessageId": message.message_id,
        "ReceiptHandle": message.receipt_handle,
        "Body": message.body,
        "MD5OfBody": md5_of(message.body),
        "Attributes": {"ApproximateReceiveCount": str(message.receive_count)},
    }
    if message.attributes:
        answer["MessageAttributes"] = message.attributes
        answer["MD5OfMessageAttributes"] = md5_of_attributes(message.attributes)
    return answer


def md5_of(text: str) -> str:
    """Return the digest of a message's body."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: Attributes) -> str:
    """Return the digest that SQS makes: each text after its length, ordered by name."""
    digest = hashlib.md5(usedforsecurity=False)
    for name, value in sorted(attributes.items()):
        digest.update(_sized(name) + _sized(value["DataType"]))
        digest.update(b"\x01" + _sized(value["StringValue"]))
    return digest.hexdigest()


def _sized(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(4) + encoded
