"""SQS as its client sees it: it confirms, fails, takes half, and nothing that SQS would not."""

import re
from collections import Counter
from typing import Any
from zlib import crc32

from tests.fuzz.choices import Choices

DEAD = "https://sqs.us-east-1.amazonaws.com/123456789012/dead"
NOT_IN_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MIB = 1024 * 1024


def can_be_in_sqs(text: str) -> bool:
    """Whether SQS lets anybody send a message of this text."""
    return bool(text) and not NOT_IN_SQS.search(text) and len(text.encode()) <= _MIB


class OutsideError(Exception):
    """What a destination or queue raises that is broken; the gateway has to live with it."""


class OutsideQueue:
    """Stands for boto3's client of SQS."""

    def reset_queue(self, choices: Choices) -> None:
        """Forget everything, and behave in another way from now on."""
        self.queue_mood, self.salt = choices.below(8), choices.below(256)
        self.crowded = choices.rarely(4)
        self.sent: list[tuple[str, str]] = []  # queue and body, as SQS confirmed them
        self.queue_failed = False
        self.calls: Counter[str] = Counter()
        self.wrong: list[str] = []  # what SQS would not take, and should never be given

    @property
    def queue_is_well(self) -> bool:
        """Whether the queue takes everything."""
        return self.queue_mood < 4

    def chance(self, text: str) -> int:
        """Return a number that depends on a text."""
        return crc32(text.encode("utf-8", "surrogatepass"), self.salt)

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
        if self.queue_mood in (4, 5) or (
            self.queue_mood == 6 and self.chance(entries[0]["MessageBody"]) % 2
        ):
            self.queue_failed = True
            raise OutsideError("down")
        taken = []
        for entry in entries:
            if self.queue_mood == 7 and can_fail_alone and self.chance(entry["MessageBody"]) % 2:
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
