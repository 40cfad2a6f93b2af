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
from local.toward import names_in, said_of, several

MAX_FATES = 200_000


class Step(NamedTuple):
    """A moment in the life of an event."""

    at: int
    verdict: str
    text: str


class Change(NamedTuple):
    """Something else holds of an event; `arrived` is when a message says that it came.

    The verdicts are home's: None while home's is the one that was answered.
    """

    key: Key
    before: str | None
    now: str | None
    arrived: int | None


class Told(NamedTuple):
    """A step of an event toward some destinations, and why it is one."""

    key: Key
    names: tuple[str, ...]
    step: Step
    reason: str | None


class Fates:
    """Follows each event by its request and ids, toward each destination; home is the first."""

    def __init__(self, home: str) -> None:
        self._home = home
        self._steps: dict[Key, list[Step]] = {}
        self._states: dict[Key, dict[str, tuple[str, str | None]]] = {}  # by destination
        self._before: set[Key] = set()  # the events of the run
        self._told: set[tuple[Key, str]] = set()  # of what the run has told already

    def steps(self, key: Key) -> list[Step]:
        """What happened to an event since its request was answered; nothing if it never waited."""
        return self._steps.get(key, [])

    def verdict(self, key: Key) -> tuple[str, str | None] | None:
        """What holds of the event at home now, and why; None if it never waited for home."""
        return self._states.get(key, {}).get(self._home)

    def followers(self, key: Key) -> tuple[str, ...] | None:
        """What is told of the followers that lack the event; None if it never waited."""
        if (states := self._states.get(key)) is None:
            return None
        return tuple(
            said_of(name, *state)
            for name, state in states.items()
            if name != self._home and state[0] != "accepted"
        )

    def follow(self, happened: Iterable[Happening]) -> list[Change]:
        """Take in what happened; returns each event of which something else holds, once."""
        changes: dict[Key, Change] = {}
        for one in happened:
            arrived = _arrived(one)
            for key, names, step, reason in self._read(one):
                states = self._states.setdefault(key, {})
                before, was = self.verdict(key), states.copy()
                self._steps.setdefault(key, []).append(step)
                for name in names:
                    states[name] = (step.verdict, reason)
                    self._told.add((key, name))
                if states != was:
                    first = changes.get(key) or Change(key, before and before[0], None, arrived)
                    now = self.verdict(key)
                    changes[key] = first._replace(now=now and now[0])
        while len(self._steps) > MAX_FATES:
            oldest = next(iter(self._steps))
            del self._steps[oldest]
            self._states.pop(oldest, None)
        return list(changes.values())

    def _read(self, one: Happening) -> Iterable[Told]:
        match one:
            case Sent():
                return self._sent(one)
            case RunStarted():
                self._before = {key for m in one.messages for key in keys_of(m, m.message_id)}
                self._told = set()
                return []
            case RunEnded():
                return self._ended(one)
            case Rejected():
                # What came over HTTPS has heard it in its answer.
                return [told for told in _rejected(one, self._home) if told.key in self._before]

    def _sent(self, sent: Sent) -> Iterable[Told]:
        attributes = sent.message.attributes
        keys = keys_of(sent.message, sent.message_id)
        names = names_in(attributes, self._home)
        if sent.queue == DEAD_LETTERS:
            reason = str(attributes.get("Reason", {}).get("StringValue") or "put there by hand")
            step = Step(sent.at, "dead", f"It is a dead letter for {several(names)}: {reason}")
            return [Told(key, names, step, reason) for key in keys]
        if not is_retry(attributes):
            step = Step(sent.at, "waiting", "It came as a message of the queue.")
            return [Told(key, names, step, None) for key in keys]
        attempt = attributes["Attempt"].get("StringValue", "1")
        text = (
            f"Attempt {attempt} did not deliver it to {several(names)}: it waits in the retry"
            f" queue, the next one is in {sent.message.delay_seconds} s."
        )
        step = Step(sent.at, "queued", text)
        return [Told(key, names, step, "The destination did not take it yet.") for key in keys]

    def _ended(self, run: RunEnded) -> Iterable[Told]:
        for message in run.messages:
            names = names_in(message.attributes, self._home)
            for key in keys_of(message, message.message_id):
                # Of these nothing else became in this run.
                rest = tuple(name for name in names if (key, name) not in self._told)
                if message.message_id in run.failed:
                    waits = "queued" if is_retry(message.attributes) else "waiting"
                    text = (
                        f"Attempt {message.receive_count} on the queue did not deliver it"
                        f" to {several(names)}."
                    )
                    step = Step(run.at, waits, text)
                    yield Told(key, names, step, "The destination did not take it yet.")
                elif rest:
                    text = f"It was delivered from the queue to {several(rest)}."
                    yield Told(key, rest, Step(run.at, "accepted", text), None)
        self._before = set()


def keys_of(message: Message | NewMessage, message_id: str) -> list[Key]:
    """The events of a message."""
    request_id = request_id_of(message.attributes, message_id)
    _, asked = parts_of(message.body)
    return [(request_id, *ids) for ids in events_of(asked)] or [(request_id, "", "")]


def _arrived(one: Happening) -> int | None:
    if not isinstance(one, Sent) or not is_retry(one.message.attributes):
        return None
    return arrival_of(one.message.attributes)


def _rejected(one: Rejected, home: str) -> Iterable[Told]:
    for part in one.parts:
        key = (one.request_id, part.endpoint_id, part.event_id or "")
        step = Step(one.at, "rejected", f"It breaks a rule: {part.message}")
        yield Told(key, (home,), step, part.message)


def steps_shown(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """The steps as the page gets them."""
    return [step._asdict() for step in steps]
