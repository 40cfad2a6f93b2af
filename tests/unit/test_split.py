"""Pieces keep to their limits, hold every part once, and carry an endpoint's data once."""

import json

from hypothesis import given
from hypothesis import strategies as st

from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from putevents.wire.split import split

EVENT = Event(EventType="a", Timestamp="2026-11-24T10:00:00Z")
BATCHES = st.dictionaries(
    st.text(max_size=5),
    st.builds(
        ValidBatch,
        st.builds(PublicEndpoint, Address=st.text(max_size=50), ChannelType=st.just("CUSTOM")),
        st.dictionaries(st.text(max_size=5), st.just(EVENT), max_size=12),
        st.just(0),
        st.none(),
    ),
    max_size=6,
)


@given(BATCHES, st.integers(1, 10), st.integers(100, 2000))
def test_pieces_keep_to_their_limits_and_lose_nothing(
    batch_item: dict[str, ValidBatch], max_items: int, max_bytes: int
) -> None:
    pieces = list(split(batch_item, max_items=max_items, max_bytes=max_bytes))

    events = [
        (endpoint_id, event_id)
        for piece in pieces
        for endpoint_id, batch in piece.batch_item.items()
        for event_id in batch.events
    ]
    asked = [(e, i) for e, batch in batch_item.items() for i in batch.events]
    assert events == asked
    carried = [
        endpoint_id
        for piece in pieces
        for endpoint_id, batch in piece.batch_item.items()
        if batch.endpoint is not None
    ]
    assert carried == list(batch_item)
    for piece in pieces:
        items = sum(len(batch.events) or 1 for batch in piece.batch_item.values())
        assert items <= max_items
        assert items == 1 or len(piece.wire) <= max_bytes
        sent = json.loads(piece.wire)["BatchItem"]
        assert {e: set(b["Events"]) for e, b in sent.items()} == {
            e: set(b.events) for e, b in piece.batch_item.items()
        }


def test_250_events_of_one_endpoint_go_in_three_pieces() -> None:
    endpoint = PublicEndpoint(OptOut="NONE")
    batch_item = {"phone": ValidBatch(endpoint, {str(i): EVENT for i in range(250)})}
    pieces = list(split(batch_item, max_items=100, max_bytes=4_000_000))
    assert [len(p.batch_item["phone"].events) for p in pieces] == [100, 100, 50]
    assert [json.loads(p.wire)["BatchItem"]["phone"]["Endpoint"] for p in pieces] == [
        {"OptOut": "NONE"},
        {},
        {},
    ]


def test_nothing_makes_no_piece() -> None:
    assert list(split({}, max_items=1, max_bytes=1)) == []
