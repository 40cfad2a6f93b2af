"""What rides along with a part that waits on the queue, written and read."""

import json
from typing import Any

import pytest

from putevents.queue.messages import MAX_MESSAGE_BYTES, as_of_arrival, valid_pieces
from putevents.wire.body import parse
from putevents.wire.rules import MAX_EVENT_BYTES
from putevents.wire.schemas import EndpointResponse, Event, PublicEndpoint, QueueMessage, ValidBatch
from tests.unit.doors import Doors, FakeDestination, FakeQueue, sqs_record

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


@pytest.mark.parametrize(
    "odd",
    [
        "7", "null", "[]", '"x"', '{"phone":7}', '{"phone":{"Order":-1}}', '{"\\ud800":{}}',
        '{"phone":{"Endpoint":[]}}', '{"phone":{"Endpoint":{"Id":"\\ud800"}}}',
        '{"phone":{"Order":1e400}}', '{"phone":{"Endpoint":{"User":{"UserAttributes":[[7]]}}}}',
        '{"phone":{"Order":1},"phone":{"Order":{}}}', '{"phone":{"Endpoint":{"ChannelType":{}}}}',
        '{"phone":{"Endpoint":{"Attributes":{"\\ud800":["x"]}}}}',
    ],
)  # fmt: skip
def test_what_a_producer_wrote_there_instead_costs_no_event(odd: str) -> None:
    batch = '{"Endpoint":{},"Events":{"1":{"EventType":"a","Timestamp":"2026-01-02T03:04:05Z"}}}'
    message = (
        f'{{"ApplicationId":"my-app","EventsRequest":{{"BatchItem":{{"phone":{batch}}}}},'
        f'"AsOfArrival":{odd}}}'
    )
    destination, queue = FakeDestination(), FakeQueue()
    assert Doors(destination, queue).stay(sqs_record(message)) == []
    assert destination.delivered == [("my-app", "phone", "1")]
    assert queue.dead_whole == []


@pytest.mark.parametrize("order", [0, 9999])
@pytest.mark.parametrize("letter", ["x", "é", "\0", "\uffff"])
@pytest.mark.parametrize("event_letter", ["x", "\0", "é", "\uffff"])
def test_each_part_at_its_limits_fits_into_a_message(
    order: int, letter: str, event_letter: str
) -> None:
    endpoint = {"Attributes": {f"k{n}": ["\uffff" * 48] * 17 for n in range(6)}}
    id_ = letter * (1024 // len(letter.encode()))
    wide = len(json.dumps(event_letter)) - 2
    event = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z", "AppTitle": ""}
    empty = len(json.dumps(event, separators=(",", ":")))
    event_id = event_letter * ((MAX_EVENT_BYTES - empty) // wide)
    too_long = event_id + event_letter
    events = {event_id: event, too_long: event}
    body = {"BatchItem": {id_: {"Endpoint": endpoint, "Events": events}}}
    queue, destination = FakeQueue(), FakeDestination(is_down=True)
    results = Doors(destination, queue).put_events(json.dumps(body, ensure_ascii=False))[id_]
    assert results["EndpointItemResponse"]["StatusCode"] == 202
    assert [told["StatusCode"] for told in results["EventsItemResponse"].values()] == [202, 400]
    [(_, batch_item, _)] = queue.queued
    found = batch_item[id_]._replace(order=order)
    assert found.endpoint is not None
    assert 14_000 < len(found.endpoint.wire) <= 15 * 1024
    pieces = list(valid_pieces("my-app", {id_: found}))
    assert all(len(text.encode()) <= MAX_MESSAGE_BYTES for _, text in pieces)
    held = [json.loads(text)["EventsRequest"]["BatchItem"][id_] for _, text in pieces]
    assert [event_id for batch in held for event_id in batch["Events"]] == [event_id]
    assert sum(batch["Endpoint"] != {} for batch in held) == 1
    assert {read(text)[0].get(id_, 0) for _, text in pieces} == {order}


def test_endpoints_alone_are_cut_until_they_fit() -> None:
    endpoint = PublicEndpoint(Attributes={f"k{n}": ["\uffff" * 100] * 10 for n in range(5)})
    batch_item = {str(n): ValidBatch(endpoint, {}) for n in range(60)}
    pieces = list(valid_pieces("my-app", batch_item))
    assert all(len(text.encode()) <= MAX_MESSAGE_BYTES for _, text in pieces)
    assert [id_ for piece, _ in pieces for id_ in piece] == list(batch_item)


def test_a_part_that_no_message_holds_is_sent_alone_for_the_queue_to_reject() -> None:
    huge = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="x" * MAX_MESSAGE_BYTES)
    batch = {"phone": ValidBatch(None, {"1": huge, "2": EVENT})}
    pieces = [list(piece["phone"].events) for piece, _ in valid_pieces("my-app", batch)]
    assert pieces == [["1"], ["2"]]
