"""What rides along with a part that waits on the queue, written and read."""

import json
from typing import Any

from putevents.queue.messages import MAX_MESSAGE_BYTES, as_of_arrival, valid_pieces
from putevents.wire.body import parse
from putevents.wire.schemas import EndpointResponse, Event, PublicEndpoint, QueueMessage, ValidBatch

EVENT = Event(EventType="a", Timestamp="2026-01-02T03:04:05Z")
STORED: EndpointResponse = {
    "ApplicationId": "my-app",
    "Id": "Phone",
    "CohortId": "7",
    "CreationDate": "2026-01-02T03:04:05.000Z",
    "EndpointStatus": "ACTIVE",
    "OptOut": "ALL",
    "Attributes": {f"k{number}": ["x" * 100] for number in range(140)},
    "Location": {"Latitude": 47.6},
    "Metrics": {"m": 1.0},
    "User": {"UserId": "u", "UserAttributes": {f"k{number}": ["é"] for number in range(250)}},
}


def read(body: str) -> Any:
    return as_of_arrival(parse(body, QueueMessage))


def test_a_stored_endpoint_is_read_as_it_was_written() -> None:
    batch = {"phone": ValidBatch(None, {"1": EVENT}, 3, STORED)}
    [(_, body)] = valid_pieces("my-app", batch)
    shown = {name: value for name, value in STORED.items() if name != "ApplicationId"}
    assert read(body) == ({"phone": 3}, {"phone": shown})


def test_nothing_rides_along_where_there_is_nothing_to_say() -> None:
    [(_, body)] = valid_pieces("my-app", {"phone": ValidBatch(PublicEndpoint(), {"1": EVENT})})
    assert set(json.loads(body)) == {"ApplicationId", "EventsRequest"}
    assert read(body) == ({}, {})


def test_what_rides_along_is_counted_and_stands_in_each_piece_that_needs_it() -> None:
    batch = {str(n): ValidBatch(None, {"1": EVENT, "2": EVENT}, n, STORED) for n in range(300)}
    pieces = list(valid_pieces("my-app", batch))
    assert len(pieces) > 1
    for piece, body in pieces:
        assert len(body.encode()) <= MAX_MESSAGE_BYTES
        orders, stored = read(body)
        assert {id_: orders.get(id_, 0) for id_ in piece} == {id_: int(id_) for id_ in piece}
        assert stored.keys() == piece.keys()
    assert sum(len(b.events) for piece, _ in pieces for b in piece.values()) == 600


def test_a_date_that_is_none_is_left_out_of_a_stored_endpoint() -> None:
    wrong: Any = {**STORED, "EffectiveDate": "yesterday"}
    [(_, body)] = valid_pieces("my-app", {"phone": ValidBatch(None, {"1": EVENT}, 0, wrong)})
    assert "EffectiveDate" not in read(body)[1]["phone"]
