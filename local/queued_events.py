"""Counts the events that a request's answer calls accepted while they wait on the queue."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable

from local.queue_message import QUEUE, NewMessage


class QueuedEvents:
    """Is told of messages, and says how many events of a request are in them, once."""

    def __init__(self, is_in_hand: Callable[[str], bool]) -> None:
        self._is_in_hand = is_in_hand
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def sent(self, queue: str, _ids: Iterable[str], messages: Iterable[NewMessage]) -> None:
        """Messages were put on a queue; those of no request that is being answered do not count."""
        for message in messages if queue == QUEUE else ():
            request_id = str(message.attributes.get("RequestId", {}).get("StringValue"))
            if self._is_in_hand(request_id):
                with self._lock:
                    self._counts[request_id] += _events(message.body)

    def take(self, request_id: str) -> int:
        """How many events of the request were queued; asked again, none."""
        with self._lock:
            return self._counts.pop(request_id, 0)


def _events(body: str) -> int:
    # A producer may send anything, even with the id of another's request.
    try:
        batches = json.loads(body)["EventsRequest"]["BatchItem"].values()
        return sum(len(batch["Events"]) for batch in batches)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return 0
