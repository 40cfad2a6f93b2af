"""What becomes of parts: validated, written, cut into pieces, delivered and settled."""

import json
from typing import Any

from putevents.errors import RequestError
from putevents.ingest import Submission, ingest
from putevents.ingest.validate import leave_out
from putevents.queue.messages import MAX_MESSAGE_BYTES, valid_pieces
from putevents.time_left import TimeLeft
from putevents.wire.body import decode, parse
from putevents.wire.event_record import event_records
from putevents.wire.json_object import read_json
from putevents.wire.rejected_record import RejectedPart, rejected_record
from putevents.wire.rules import Rejection
from putevents.wire.schemas import (
    Event,
    EventsRequest,
    PublicEndpoint,
    QueueMessage,
    ValidBatch,
    validate_alone,
)
from putevents.wire.split import split
from tests.fuzz import bodies_made
from tests.fuzz.bodies_made import ENDPOINT, EVENT, Part
from tests.fuzz.choices import Choices
from tests.fuzz.fuzz_lab import Lab, asked_of, body_of
from tests.fuzz.hostile import DATE, IDS, changed
from tests.fuzz.promises_kept import check_results, ensure
from tests.fuzz.valid_shapes import Making
from tests.unit.doors import ARRIVAL

_APP = "my-app"
_PLAIN_IDS = [
    id_ for id_ in IDS if id_.isprintable() and not set(id_) & set("${}") and len(id_) < 100
]


def fuzz_values(lab: Lab, data: bytes) -> None:
    """One event or endpoint: taken if it keeps the rules, and fit to be stored, or rejected."""
    choices = Choices(data)
    is_event = bool(choices.below(2))
    shape: Any = Event if is_event else PublicEndpoint
    making = Making(choices, choices.below(16) if choices.below(2) else -1)
    raw = (EVENT if is_event else ENDPOINT)(making)
    is_good: bool | None = not making.is_broken
    if choices.rarely(3):
        raw, is_good = changed(raw, choices), None
    try:
        raw = json.loads(json.dumps(raw))
    except ValueError:
        return  # more digits than Python reads
    part = validate_alone(raw, shape.model_validate, shape)
    ensure(is_good is None or is_good == (not isinstance(part, Rejection)), "a rule", raw, part)
    if isinstance(part, Rejection):
        ensure(part.rule and len(part.message) < 400, "a long message", part.message)
        row = rejected_record(_APP, RejectedPart("a", "b", part.rule, part.message, raw), ARRIVAL)
        json.dumps(row, ensure_ascii=False).encode()
        return
    if not is_event:
        leave_out(part)
    again = shape.model_validate_json(part.wire, strict=True)
    ensure(again.wire == part.wire, "another part once it is written", part.wire)
    events = {
        "b": part if is_event else Event.model_validate({"EventType": "a", "Timestamp": DATE})
    }
    stored: Any = {"Id": "a"} if is_event else {**json.loads(part.wire), "Id": "a"}
    for _, record in event_records(_APP, "a", stored, events, ARRIVAL):
        _check_columns(json.loads(record, parse_constant=_no_number))


def _no_number(name: str) -> None:
    ensure(False, "a number that no table holds", name)


def _check_columns(found: Any) -> None:
    """Hold every number of a record against the widest column."""
    if isinstance(found, dict):
        for inside in found.values():
            _check_columns(inside)
    elif isinstance(found, int):
        ensure(-(2**63) <= found < 2**63, "a number over a bigint", found)


def fuzz_split(lab: Lab, data: bytes) -> None:
    """Pieces and messages: each part is in exactly one, none too large, all can be read again."""
    choices = Choices(data)
    whole: dict[str, ValidBatch] = {}
    parts: set[Part] = set()
    for place in range(1 + choices.below(4)):
        id_ = f"{choices.pick(_PLAIN_IDS)}{place}"
        endpoint = (
            PublicEndpoint.model_validate(ENDPOINT(Making(choices))) if choices.below(3) else None
        )
        if endpoint:
            leave_out(endpoint)
        events = {
            f"{choices.pick(_PLAIN_IDS)}{n}": Event.model_validate(EVENT(Making(choices)))
            for n in range(choices.below(6))
        }
        whole[id_] = ValidBatch(endpoint, events, choices.below(3))
        parts |= {(id_, event_id) for event_id in events} or {(id_, None)}
    max_items, max_bytes = 1 + choices.below(8), 60 + choices.below(2000)
    _check_pieces(
        parts,
        [
            (piece.batch_item, piece.wire)
            for piece in split(whole, max_items=max_items, max_bytes=max_bytes)
        ],
        max_items,
        max_bytes,
    )
    messages = list(valid_pieces(_APP, whole, max_bytes))
    for piece, body in messages:
        read = parse(body, QueueMessage)
        for id_, batch in read.events_request.batch_item.items():
            ensure(not isinstance(batch, Rejection), "a message that is rejected", body)
            sent = piece[id_]
            ensure(batch.events.keys() == sent.events.keys(), "other events", body)  # type: ignore[union-attr]
            for event_id, event in batch.events.items():  # type: ignore[union-attr]
                ensure(
                    getattr(event, "wire", b"") == sent.events[event_id].wire, "another event", body
                )
    _check_pieces(parts, [(piece, b"") for piece, _ in messages], 1000, MAX_MESSAGE_BYTES)


def _check_pieces(parts: Any, pieces: Any, max_items: int, max_bytes: int) -> None:
    found = [
        (id_, event_id)
        for piece, _ in pieces
        for id_, batch in piece.items()
        for event_id in (batch.events or [None])
    ]
    ensure(len(found) == len(set(found)), "a part twice", found)
    ensure(
        {p for p in found if p[1] is not None} == {p for p in parts if p[1] is not None},
        "other parts",
        found,
    )
    ensure({e for e, _ in found} == {e for e, _ in parts}, "other endpoints", found)
    for piece, wire in pieces:
        count = sum(len(batch.events) or 1 for batch in piece.values())
        ensure(count <= max_items, "too many", count)
        ensure(len(wire) <= max_bytes or count == 1, "too large", wire)


def fuzz_ingest(lab: Lab, data: bytes) -> None:
    """From parts to answers, over a destination and a queue that do anything."""
    body, known, _ = body_of(lab, data, bodies_made.events_request)
    try:
        text = decode(body.data, is_base64=body.is_base64)
        request = parse(text, EventsRequest)
    except RequestError:
        return
    time_left = TimeLeft.of(lab.context)
    submission = Submission(_APP, request, len(text), ARRIVAL, raw=lambda: read_json(text))
    ingest(lab.gateway, [submission], time_left)
    ensure(
        not submission.failure or isinstance(submission.failure, RequestError),
        "failed",
        submission.failure,
    )
    if not submission.failure:
        check_results(submission.results, asked_of(body), known, lab.outside)
    lab.end()
