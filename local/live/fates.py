"""What becomes of events that wait on the queue, from its messages and the runs of its handler."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from local.live.happenings import Happening, Rejected, RunEnded, RunStarted, Sent
from local.live.rows import (
    Key,
    arrival_of,
    events_of,
    is_retry,
    parts_of,
    request_id_of,
)
from local.queue_message import DEAD_LETTERS, Message, NewMessage

MAX_FATES = 200_000


class Step(NamedTuple):
    """A moment in the life of an event."""

    at: int
    verdict: str
    text: str


class Change(NamedTuple):
    """An event has another verdict; `arrived` is when a message says that it came."""

    key: Key
    before: str | None
    now: str
    arrived: int | None


class Fates:
    """Follows each event by its request and ids."""

    def __init__(self) -> None:
        self._steps: dict[Key, list[Step]] = {}
        self._reasons: dict[Key, str] = {}
        self._before: dict[Key, int] = {}  # how many steps there were when the run began

    def steps(self, key: Key) -> list[Step]:
        """What happened to an event since its request was answered; nothing if it never waited."""
        return self._steps.get(key, [])

    def verdict(self, key: Key) -> tuple[str, str | None] | None:
        """What holds of the event now, and why; None if it never waited."""
        steps = self._steps.get(key)
        return (steps[-1].verdict, self._reasons.get(key)) if steps else None

    def reason(self, key: Key) -> str | None:
        """Why the event is what it is."""
        return self._reasons.get(key)

    def follow(self, happened: Iterable[Happening]) -> list[Change]:
        """Take in what happened; returns each event whose verdict changed."""
        changes: list[Change] = []
        for one in happened:
            arrived = _arrived(one)
            for key, step, reason in self._read(one):
                before = self.verdict(key)
                self._steps.setdefault(key, []).append(step)
                if reason:
                    self._reasons[key] = reason
                elif step.verdict == "accepted":
                    self._reasons.pop(key, None)
                if before is None or before[0] != step.verdict:
                    changes.append(Change(key, before and before[0], step.verdict, arrived))
        while len(self._steps) > MAX_FATES:
            oldest = next(iter(self._steps))
            del self._steps[oldest]
            self._reasons.pop(oldest, None)
        return changes

    def _read(self, one: Happening) -> Iterable[tuple[Key, Step, str | None]]:
        match one:
            case Sent():
                return self._sent(one)
            case RunStarted():
                self._before = {
                    key: len(self._steps.get(key, ()))
                    for m in one.messages
                    for key in keys_of(m, m.message_id)
                }
                return []
            case RunEnded():
                return self._ended(one)
            case Rejected():
                # What came over HTTPS has heard it in its answer.
                return [told for told in _rejected(one) if told[0] in self._before]

    def _sent(self, sent: Sent) -> Iterable[tuple[Key, Step, str | None]]:
        attributes = sent.message.attributes
        keys = keys_of(sent.message, sent.message_id)
        if sent.queue == DEAD_LETTERS:
            reason = str(attributes.get("Reason", {}).get("StringValue") or "put there by hand")
            step = Step(sent.at, "dead", f"It is a dead letter: {reason}")
            return [(key, step, reason) for key in keys]
        if not is_retry(attributes):
            return [(key, Step(sent.at, "waiting", "It came as a message of the queue."), None)
                    for key in keys]  # fmt: skip
        attempt = attributes["Attempt"].get("StringValue", "1")
        text = (
            f"Attempt {attempt} did not deliver it: it waits in the retry queue,"
            f" the next one is in {sent.message.delay_seconds} s."
        )
        return [(key, Step(sent.at, "queued", text), "The destination did not take it yet.")
                for key in keys]  # fmt: skip

    def _ended(self, run: RunEnded) -> Iterable[tuple[Key, Step, str | None]]:
        before, self._before = self._before, {}
        for message in run.messages:
            for key in keys_of(message, message.message_id):
                told = len(self._steps.get(key, ()))
                if message.message_id in run.failed:
                    waits = "queued" if is_retry(message.attributes) else "waiting"
                    text = f"Attempt {message.receive_count} on the queue did not deliver it."
                    yield key, Step(run.at, waits, text), "The destination did not take it yet."
                elif told <= before.get(key, 0):  # nothing else became of it in this run
                    yield key, Step(run.at, "accepted", "It was delivered from the queue."), None


def keys_of(message: Message | NewMessage, message_id: str) -> list[Key]:
    """The events of a message."""
    request_id = request_id_of(message.attributes, message_id)
    _, asked = parts_of(message.body)
    return [(request_id, *ids) for ids in events_of(asked)] or [(request_id, "", "")]


def _arrived(one: Happening) -> int | None:
    if not isinstance(one, Sent) or not is_retry(one.message.attributes):
        return None
    return arrival_of(one.message.attributes)


def _rejected(one: Rejected) -> Iterable[tuple[Key, Step, str | None]]:
    for part in one.parts:
        key = (one.request_id, part.endpoint_id, part.event_id or "")
        yield key, Step(one.at, "rejected", f"It breaks a rule: {part.message}"), part.message


def steps_shown(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as the page gets them."""
    return [step._asdict() for step in steps]
