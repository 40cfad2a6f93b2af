"""Counts the events that a request's answer calls accepted while they wait for destinations."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from local.queue_message import QUEUE, NewMessage
from local.toward import names_in


class QueuedEvents:
    """Is told of messages, and says how many events of a request are in them, once.

    It says so of each destination that lacks them; of the only one without a name.
    """

    def __init__(self, is_in_hand: Callable[[str], bool]) -> None:
        self._is_in_hand = is_in_hand
        self._counts: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    def sent(self, queue: str, _ids: Iterable[str], messages: Iterable[NewMessage]) -> None:
        """Messages were put on a queue; those of no request that is being answered do not count."""
        for message in messages if queue == QUEUE else ():
            request_id = str(message.attributes.get("RequestId", {}).get("StringValue"))
            if self._is_in_hand(request_id):
                names, count = names_in(message.attributes, ""), _events(message.body)
                with self._lock:
                    self._counts.setdefault(request_id, Counter()).update(
                        dict.fromkeys(names, count)
                    )

    def take(self, request_id: str) -> Mapping[str, int]:
        """How many events of the request each destination waits for; asked again, none."""
        with self._lock:
            return self._counts.pop(request_id, {})


def _events(body: str) -> int:
    # A producer may send anything, even with the id of another's request.
    try:
        batches = json.loads(body)["EventsRequest"]["BatchItem"].values()
        return sum(len(batch["Events"]) for batch in batches)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return 0
