"""What the two queues of a laptop hold, and what they are called."""

from collections.abc import Mapping
from typing import Any, NamedTuple

QUEUE = "queue"
DEAD_LETTERS = "dead-letters"

Attributes = Mapping[str, Mapping[str, Any]]


class NewMessage(NamedTuple):
    body: str
    attributes: Attributes
    delay_seconds: int = 0


class Message(NamedTuple):
    """A received message; its receipt handle is good until somebody receives it again."""

    message_id: str
    body: str
    attributes: Attributes
    sent_at: int
    first_received_at: int
    receive_count: int
    receipt_handle: str
