"""The ledger: of every event that was sent, whether it is stored, refused or waiting, or lost.

Kept from outside: by what the client was told, and by what stores and queues hold.
"""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple

# Application, endpoint and event id; in these tests a client never gives an id to two events.
Key = tuple[str, str, str]


class Told(Enum):
    """What the client was told of an event, at its last word."""

    ACCEPTED = "accepted"  # 202: it is ours now
    REJECTED = "rejected"  # 4xx: the client drops it
    AGAIN = "again"  # 500, or no answer at all: the client keeps it and sends it again


class Balance(NamedTuple):
    """Each event that was sent is counted in one of the five that follow."""

    sent: int
    stored: int
    rejected: int
    waiting: int
    kept: int  # by the client, who was told to send it again
    lost: int
    # Beside those:
    twice: int  # stored more than once
    again: int  # stored or waiting, though its client was told to send it again
    # Stored, though its client was told that it never will be: it was told "again" of a first copy,
    # that the queue held after all, and the destination refused the second.
    refused: int

    def __str__(self) -> str:
        return " ".join(f"{name}={count}" for name, count in self._asdict().items())


class Ledger:
    """Told what is sent and answered; asked in the end where all of it is."""

    def __init__(self) -> None:
        self.told: dict[Key, Told] = {}

    def send(self, application_id: str, request: Any) -> None:
        """Note what a client sends, for the first time or again."""
        for key in keys(application_id, request):
            self.told.setdefault(key, Told.AGAIN)

    def answer(self, application_id: str, results: Mapping[str, Any]) -> None:
        """Note an EventsResponse; once an event was settled for a client it forgets it."""
        for endpoint_id, item in results.items():
            for event_id, answer in item["EventsItemResponse"].items():
                key = application_id, endpoint_id, event_id
                assert key in self.told, f"an answer for {key}, which was never sent"
                if answer == {"StatusCode": 202, "Message": "Accepted"}:
                    self.told[key] = Told.ACCEPTED
                elif answer["StatusCode"] // 100 == 4:
                    self.told[key] = Told.REJECTED
                else:
                    assert answer["StatusCode"] == 500, answer

    def accept(self, application_id: str, request: Any) -> None:
        """Note what a queue confirmed: a producer's message."""
        for key in keys(application_id, request):
            self.told[key] = Told.ACCEPTED

    def kept(self) -> list[Key]:
        """What the clients have not been told the end of, and will send again."""
        return [key for key, told in self.told.items() if told is Told.AGAIN]

    def balance(
        self, stored: Counter[Key], bodies: Iterable[str], rejected: Container[Key] = ()
    ) -> Balance:
        """Count; `bodies` are those of every message that still is in any queue.

        `rejected` is what a destination keeps beside, because it broke a rule.
        """
        waiting = {key for body in bodies for key in keys_of_message(body)}
        assert not stored.keys() - self.told.keys(), "stored, but never sent"
        counts: Counter[str] = Counter()
        for key, told in self.told.items():
            counts[_where(key, told, stored, waiting, rejected)] += 1
        held = (self.told[key] for key in stored.keys() | waiting if key in self.told)
        return Balance(
            sent=len(self.told),
            **{name: counts[name] for name in ("stored", "rejected", "waiting", "kept", "lost")},
            twice=sum(count > 1 for count in stored.values()),
            again=sum(told is Told.AGAIN for told in held),
            refused=sum(self.told[key] is Told.REJECTED for key in stored),
        )


def _where(
    key: Key, told: Told, stored: Counter[Key], waiting: set[Key], rejected: Container[Key]
) -> str:
    if key in stored:
        return "stored"
    if key in waiting:
        return "waiting"
    if key in rejected and told is not Told.AGAIN:
        return "rejected"
    return {Told.ACCEPTED: "lost", Told.REJECTED: "rejected", Told.AGAIN: "kept"}[told]


def keys(application_id: str, request: Any) -> list[Key]:
    """The events of an EventsRequest."""
    return [
        (application_id, endpoint_id, event_id)
        for endpoint_id, batch in request["BatchItem"].items()
        for event_id in batch["Events"]
    ]


def keys_of_message(body: str) -> list[Key]:
    """The events of a message; one that cannot be read holds none that anybody was told of."""
    try:
        message = json.loads(body)
        return keys(message["ApplicationId"], message["EventsRequest"])
    except (ValueError, LookupError, TypeError):
        return []
