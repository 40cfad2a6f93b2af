"""The inputs of SQS's actions, with their limits."""

import base64
import binascii
import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from local.queue_message import DEAD_LETTERS, QUEUE, Attributes

MAX_BYTES = 1024 * 1024
MAX_DELAY_SECONDS = 900
MAX_VISIBILITY_SECONDS = 43_200

_FORBIDDEN_CHARACTERS = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class SqsError(Exception):
    """An error response of SQS; `code` names the exception class in the caller's SDK."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Shape(BaseModel):
    """A shape of the protocol, with its member names in PascalCase."""

    model_config = ConfigDict(alias_generator=to_pascal, extra="ignore")


class MessageAttribute(Shape):
    """A text, a number, or base64 of bytes; its data type says which."""

    data_type: str
    string_value: str | None = None
    binary_value: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it has the value that its data type asks for, and one only."""
        if not self.data_type.startswith("Binary"):
            return bool(self.string_value) and self.binary_value is None
        try:
            value = base64.b64decode(self.binary_value or "", validate=True)
        except (ValueError, binascii.Error):
            return False
        return bool(value) and self.string_value is None


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
            name: value.model_dump(by_alias=True, exclude_none=True)
            for name, value in self.message_attributes.items()
        }

    @property
    def size(self) -> int:
        """The bytes that SQS counts."""
        binaries = [value.binary_value or "" for value in self.message_attributes.values()]
        texts = [self.message_body]
        for name, value in self.message_attributes.items():
            texts += [name, value.data_type, value.string_value or ""]
        # Half a surrogate pair and base64 that is none are measured too; they are rejected later.
        return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) + sum(
            len(text.rstrip("=")) * 3 // 4 for text in binaries
        )

    @property
    def rejection(self) -> SqsError | None:
        """Why SQS would reject the message, or None."""
        if not 0 <= self.delay_seconds <= MAX_DELAY_SECONDS:
            return SqsError("InvalidParameterValue", f"DelaySeconds: 0 to {MAX_DELAY_SECONDS}.")
        if any(map(_FORBIDDEN_CHARACTERS.search, self._texts())):
            return SqsError("InvalidMessageContents", "It holds a character that SQS rejects.")
        for name, value in self.message_attributes.items():
            if not value.is_complete:
                return SqsError(
                    "InvalidParameterValue", f"The attribute {name} has no valid value."
                )
        if not self.message_body or self.size > MAX_BYTES:
            return SqsError("InvalidParameterValue", f"A message is 1 to {MAX_BYTES} bytes long.")
        return None

    def _texts(self) -> Iterator[str]:
        yield self.message_body
        for name, value in self.attributes.items():
            yield from (name, *value.values())


class ReceiptEntry(Shape):
    """A received message."""

    id: str
    receipt_handle: str


class VisibilityEntry(ReceiptEntry):
    """A received message, and when it is visible again."""

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


class DeleteRequest(QueueRequest):
    """DeleteMessageBatch."""

    entries: list[ReceiptEntry] = []
