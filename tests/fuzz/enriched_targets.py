"""Envelopes of enriched events over HTTPS or from the queue: each answered, none lost between."""

import json
from base64 import b64encode
from typing import Any

from tests.fuzz.bodies_made import is_endpoint_id
from tests.fuzz.choices import Choices
from tests.fuzz.envelopes import api_event, encoded, of_bytes, sqs_record
from tests.fuzz.fuzz_lab import Lab
from tests.fuzz.hostile import IDS, TEXTS, changed
from tests.fuzz.outside_queue import DEAD, can_be_in_sqs
from tests.fuzz.promises_kept import check_answer, check_outside, ensure, held_by

_PATH = "/v1/apps/my-app/enriched-events"
_DEVICES: list[Any] = [{}, None, {"make": "a"}, {"platform": {"name": "iOS"}, "locale": None}]
Good = dict[str, bool | None]  # by the event's id: None if nobody knows


def fuzz_enriched(lab: Lab, data: bytes) -> None:
    """A request or a message with envelopes in one of the forms."""
    around, rest, is_made = lab.begin(data)
    choices = Choices(rest)
    found, good = _envelopes(choices) if is_made else ([], None)
    text = _written(found, choices) if is_made else rest.decode("utf-8", "replace")
    if around.rarely(3):
        _from_queue(lab, text, found, good, around)
        return
    body = encoded(text, around) if is_made else of_bytes(rest)
    status, answer = check_answer(lab.api(api_event("POST", _PATH, body, around), lab.context))
    lab.end()
    if body.text != text:
        good = None
    if status != 202:
        ensure(status in (400, 413, 415), "a status of its own", status)
        ensure(not lab.outside.calls["deliver"], "delivered and rejected whole", answer)
        ensure(not good, "good envelopes are rejected whole", answer, text)
        return
    said = _answers(answer)
    if good is not None:
        ensure(len(said) == len(found), "promise 4: other answers", len(said), len(found))
        ids = {event_id for event_id, _ in said}
        ensure(ids >= good.keys(), "promise 4: other ids", good.keys() - ids)
    delivered, queued = _events(lab)
    for event_id, code in said:
        if code == 202:
            is_held = event_id in delivered | queued
            ensure(is_held, "promise 1: accepted and held by nobody", event_id)
        elif code == 500:
            is_down = lab.outside.queue_failed or lab.outside.is_late
            ensure(is_down, "promise 2: 500 of a well queue", event_id)
        elif good and good.get(event_id):
            ensure(event_id in _rejected(lab), "promise 3: a good event is rejected", event_id)
        if good and good.get(event_id) is False:
            ensure(code == 400, "a bad event is accepted", event_id, text)
    check_outside(lab.outside, messages=1 + len(said))


def _from_queue(lab: Lab, text: str, found: list[Any], good: Good | None, around: Choices) -> None:
    member: Any = found
    if good is None or around.below(2):
        member = text if around.below(2) else b64encode(text.encode("utf-8", "replace")).decode()
    body = json.dumps({"ApplicationId": "my-app", "EnrichedEvents": member})
    if not can_be_in_sqs(body):
        return
    answer = lab.queue({"Records": [sqs_record(body, 0, around)]}, lab.context)
    lab.end()
    check_outside(lab.outside, messages=1 + len(found))
    if answer["batchItemFailures"]:
        is_well = lab.outside.is_well and lab.outside.queue_is_well
        ensure(not is_well, "a message stays though all is well", body)
        return
    if any(url == DEAD and sent == body for url, sent in lab.outside.sent):
        ensure(good is None or not lab.outside.is_well, "a good message is dead", body)
        return
    if any(sent == body for _, sent in lab.outside.sent):
        delivered, _ = _events(lab)
        ensure(not delivered, "delivered, and sent again with the rest", body)
        return  # as it was
    delivered, queued = _events(lab)
    dead = " ".join(sent for url, sent in lab.outside.sent if url == DEAD)
    kept = {event_id for (_, event_id), _ in lab.outside.kept}
    for event_id, is_good in (good or {}).items():
        is_kept = event_id in kept or f'"{event_id}"' in dead
        ensure(is_kept or event_id in delivered | queued, "an event vanished", event_id, body)
        ensure(is_good is not False or is_kept, "a bad event is not kept", event_id)


def _envelopes(choices: Choices) -> tuple[list[Any], Good | None]:
    """Return envelopes, and of each event whether it must be accepted."""
    found: list[Any] = []
    good = Good()
    for number in range(choices.below(6)):
        event_id, client_id = f"event-{number}", choices.pick(["a", "b", "A", *IDS])
        user = choices.pick([None, None, "ann", "bob", ""])
        one: Any = {
            "event_id": event_id, "event_type": "a", "event_timestamp": 1_795_601_402_123,
            "client": {"client_id": client_id, "user_id": user},
            "device": choices.pick(_DEVICES),
            "attributes": {"k": choices.pick(TEXTS)} if choices.rarely(3) else {},
        }  # fmt: skip
        text = one["attributes"].get("k", "")
        is_text = len(text) <= 200 and not {"\ud800"} & set(text)
        is_good: bool | None = is_endpoint_id(client_id) and is_text
        if choices.rarely(6):
            one = changed(one, choices)
            is_good = None
        found.append(one)
        if isinstance(one, dict) and one.get("event_id") == event_id:
            good[event_id] = is_good
        elif is_good is None:
            return found, None
    return found, good


def _written(found: list[Any], choices: Choices) -> str:
    kind = choices.below(4)
    if kind == 1 and len(found) == 1:
        return json.dumps(found[0], indent=choices.below(2))
    if kind == 2 and len(found) > 1 and any(isinstance(one, dict) for one in found):
        return "\n".join(map(json.dumps, found))
    return json.dumps(found)


def _answers(answer: Any) -> list[tuple[str, int]]:
    ensure(answer.keys() == {"Results"}, "another shape", answer)
    for one in answer["Results"]:
        ensure(one.keys() == {"EventId", "StatusCode", "Message"}, "a wrong answer", one)
        ensure(isinstance(one["EventId"], str) and one["EventId"], "no id", one)
        is_known = one["StatusCode"] in (202, 500) or 400 <= one["StatusCode"] < 500
        ensure(is_known and one["StatusCode"] != 429, "a wrong code", one)
        is_accepted = one["Message"] == "Accepted"
        ensure((one["StatusCode"] == 202) == is_accepted, "not to the letter", one)
    return [(one["EventId"], one["StatusCode"]) for one in answer["Results"]]


def _events(lab: Lab) -> tuple[set[str], set[str]]:
    """The ids of the events that the destination has, and of those that the queue has."""
    delivered = {event_id for _, event_id in lab.outside.confirmed if event_id is not None}
    queued = {event_id for _, event_id in held_by(lab.outside, but=DEAD) if event_id is not None}
    return delivered, queued


def _rejected(lab: Lab) -> set[str | None]:
    return {event_id for _, event_id in lab.outside.rejected}
