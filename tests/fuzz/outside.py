"""What is outside of the gateway, and answers anything: a destination, and SQS as a client sees it."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from putevents.destinations import Destination
from tests.fuzz.bodies_made import Part
from tests.fuzz.choices import Choices

DEAD = "https://sqs.us-east-1.amazonaws.com/123456789012/dead"
_MIB = 1024 * 1024
NOT_IN_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OK = {"StatusCode": 202, "Message": "Accepted"}
# What is said of a part: mostly sense, and then anything.
_SAYS: list[Any] = [
    _OK, _OK, _OK, {"StatusCode": 400, "Message": "Bad"}, {"StatusCode": 429, "Message": "Slow"},
    {"StatusCode": 500, "Message": "x"}, {"StatusCode": 200}, {"StatusCode": 404, "Message": "accepted"},
    {"StatusCode": 400, "Message": None}, {"StatusCode": 400, "Message": "m" * 3000},
    {"StatusCode": 400, "Message": "\ud800\x00"}, {"StatusCode": "202", "Message": "Accepted"},
    {"StatusCode": 202.0}, {"StatusCode": True}, {"StatusCode": -1}, {"StatusCode": 10**30}, {}, None,
    [], "Accepted", 202, {"StatusCode": 302, "Message": "Accepted"}, {"StatusCode": 499, "Message": ""},
]  # fmt: skip
_GARBAGE: list[Any] = [
    {},
    None,
    [],
    "x",
    {"a": None},
    {"id-1": 5},
    {"id-2": {"EventsItemResponse": []}},
]


class OutsideError(Exception):
    """What a destination or queue raises that is broken; the gateway has to live with it."""


class Outside(Destination):
    """Behaves as its choices say until the next `reset`; keeps the books of what it confirmed."""

    keeps_rejected = False

    def __init__(self) -> None:
        self.reset(Choices(b""))

    def reset(self, choices: Choices) -> None:
        """Forget everything, and behave in another way from now on."""
        self.mood, self.queue_mood = choices.below(8), choices.below(8)
        self._salt = choices.below(256)
        self.is_late = choices.rarely(16)
        self.keeps_rejected = bool(choices.below(2))
        self.keeps_badly = choices.below(4)
        self.crowded = choices.rarely(4)
        self.confirmed: Counter[Part] = Counter()
        self.rejected: set[Part] = set()  # by the destination
        self.unsure: set[Part] = set()  # those without a final answer
        self.kept: list[tuple[str, Any]] = []  # ids and raw
        self.sent: list[tuple[str, str]] = []  # queue and body, as SQS confirmed them
        self.queue_failed = self.answered = False
        self.calls: Counter[str] = Counter()
        self.wrong: list[
            str
        ] = []  # what SQS would not take, though it should be given nothing else

    @property
    def is_well(self) -> bool:
        """Whether the destination accepts everything."""
        return self.mood < 2 and not self.is_late

    @property
    def queue_is_well(self) -> bool:
        """Whether the queue takes everything."""
        return self.queue_mood < 4

    # --- the destination

    def deliver(
        self, application_id: str, batch_item: Any, arrivals: Any, time_left: Any
    ) -> Mapping[str, Any]:
        self.calls["deliver"] += 1
        assert arrivals.keys() == batch_item.keys()
        if self.mood == 6:
            raise OutsideError("down")
        answers: Any = {} if self.mood < 7 else _GARBAGE[self._salt % len(_GARBAGE)]
        for endpoint_id, batch in batch_item.items() if self.mood < 6 else ():
            if self.mood > 1 and self._chance(endpoint_id) % 7 == 6:
                continue  # half an answer
            json.loads(batch.endpoint.wire if batch.endpoint else b"{}")
            answers[endpoint_id] = {
                "EndpointItemResponse": self._say(endpoint_id, ""),
                "EventsItemResponse": {i: self._say(endpoint_id, i) for i in batch.events},
            }
        self._note(batch_item, answers if isinstance(answers, dict) else {})
        return answers  # type: ignore[no-any-return]

    def keep_rejected(
        self, application_id: str, rejected: Any, arrival: Any, time_left: Any
    ) -> bool:
        if self.keeps_badly == 3:
            raise OutsideError("keeps nothing")
        if self.keeps_badly == 2:
            return False
        self.kept += [((part.endpoint_id, part.event_id), part.raw) for part in rejected]
        return True

    def get_endpoint(self, application_id: str, endpoint_id: str) -> Any:
        if self.mood == 6:
            raise OutsideError("down")
        return {"Id": endpoint_id} if self.mood < 3 else None

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> Any:
        return self.get_endpoint(application_id, endpoint_id)

    def get_user_endpoints(self, application_id: str, user_id: str) -> Any:
        found = self.get_endpoint(application_id, user_id)
        return [found] if found else []

    def delete_user_endpoints(self, application_id: str, user_id: str) -> Any:
        return self.get_user_endpoints(application_id, user_id)

    def _chance(self, text: str) -> int:
        return crc32(text.encode("utf-8", "surrogatepass"), self._salt)

    def _say(self, endpoint_id: str, event_id: str) -> Any:
        if self.mood < 2:
            return _OK
        says = _SAYS[:6] if self.mood < 4 else _SAYS
        return says[self._chance(f"{endpoint_id} {event_id}") % len(says)]

    def _note(self, batch_item: Any, answers: Any) -> None:
        for endpoint_id, batch in batch_item.items():
            item = answers.get(endpoint_id)
            item = item if isinstance(item, dict) else {}
            events = item.get("EventsItemResponse")
            says = dict(events) if isinstance(events, dict) else {}
            parts: list[Any] = [] if batch.endpoint is None else [None]
            for event_id in (*parts, *batch.events):
                said = (
                    says.get(event_id) if event_id is not None else item.get("EndpointItemResponse")
                )
                code = said.get("StatusCode") if isinstance(said, dict) else None
                part = endpoint_id, event_id
                if type(code) is int and 200 <= code <= 299:
                    self.confirmed[part] += 1
                elif type(code) is int and 400 <= code <= 499 and code != 429:
                    self.rejected.add(part)
                else:
                    self.unsure.add(part)

    # --- SQS

    def send_message(self, QueueUrl: str, **message: Any) -> Any:  # noqa: N803 # boto3's names
        self._send("one", QueueUrl, [{"Id": "0", **message}], can_fail_alone=False)
        return {"MessageId": "m"}

    def send_message_batch(self, QueueUrl: str, Entries: Any) -> Any:  # noqa: N803 # boto3's names
        taken = self._send("batch", QueueUrl, Entries, can_fail_alone=True)
        failed = [{"Id": e["Id"], "Code": "x"} for e in Entries if e["Id"] not in taken]
        answer: dict[str, Any] = {"Successful": [{"Id": id_} for id_ in taken]}
        return {**answer, "Failed": failed} if failed else answer

    def get_queue_attributes(self, **_: Any) -> Any:
        if self.queue_mood == 5:
            raise OutsideError("down")
        return {
            "Attributes": {
                "ApproximateNumberOfMessagesNotVisible": "200000" if self.crowded else "1"
            }
        }

    def change_message_visibility_batch(self, QueueUrl: str, Entries: Any) -> Any:  # noqa: N803
        if not all(0 <= entry["VisibilityTimeout"] <= 43200 for entry in Entries):
            self.wrong.append("a visibility timeout over twelve hours")
        if self.queue_mood == 6:
            raise OutsideError("down")
        return {"Failed": [{"Code": "x"}]} if self.queue_mood == 7 else {}

    def _send(self, kind: str, url: str, entries: Any, *, can_fail_alone: bool) -> list[str]:
        self.calls[kind] += 1
        self._check(entries)
        if (
            self.queue_mood in (4, 5)
            or self.queue_mood == 6
            and self._chance(entries[0]["MessageBody"]) % 2
        ):
            self.queue_failed = True
            raise OutsideError("down")
        taken = []
        for entry in entries:
            if self.queue_mood == 7 and can_fail_alone and self._chance(entry["MessageBody"]) % 2:
                self.queue_failed = True
                continue
            self.sent.append((url, entry["MessageBody"]))
            taken.append(entry["Id"])
        return taken

    def _check(self, entries: Any) -> None:
        """Note what SQS would not take, by the limits of its API reference."""
        if len(entries) > 10 or len({entry["Id"] for entry in entries}) < len(entries):
            self.wrong.append("a batch of more than ten, or an id twice")
        total = 0
        for entry in entries:
            texts = [entry["MessageBody"]]
            for name, found in entry["MessageAttributes"].items():
                texts += [name, *found.values()]
            if not all(texts) or any(NOT_IN_SQS.search(text) for text in texts):
                self.wrong.append(
                    f"a text that is empty or not in SQS's characters: {texts!r:.300}"
                )
                return
            total += sum(len(text.encode()) for text in texts)
            if len(entry["MessageAttributes"]) > 10 or not 0 <= entry["DelaySeconds"] <= 900:
                self.wrong.append("too many attributes, or too long a delay")
        if total > _MIB:
            self.wrong.append(f"{total} bytes in a call")
