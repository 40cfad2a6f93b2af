"""The messages of a laptop's two queues, and the queues' names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

QUEUE = "queue"
DEAD_LETTERS = "dead-letters"

Attributes = Mapping[str, Mapping[str, Any]]


class NewMessage(NamedTuple):
    """A message to be sent."""

    body: str
    attributes: Attributes
    delay_seconds: int = 0


class Message(NamedTuple):
    """A received message; its receipt handle is valid until it is received again."""

    message_id: str
    body: str
    attributes: Attributes
    sent_at: int
    first_received_at: int
    receive_count: int
    receipt_handle: str
