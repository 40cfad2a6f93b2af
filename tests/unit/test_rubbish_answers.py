"""One item of rubbish in an upstream's answer leaves that id undelivered, and no other."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.destinations.pinpoint import PinpointDestination
from tests.unit.doors import Doors, FakeQueue
from tests.upstream import Upstream, accept_all, running_upstream

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
ENDPOINTS = ("a", "b", "c")
EVENTS = ("1", "2", "3")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
# What is no answer; an object without a final status is none either.
RUBBISH = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
NO_STATUS = st.none() | st.booleans() | st.text(max_size=3) | st.sampled_from([0, -1, 500, 1e9])
Gateway = tuple[Upstream, Doors, FakeQueue]


@pytest.fixture(name="gateway", scope="module")
def _gateway() -> Iterator[Gateway]:
    with running_upstream() as upstream, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_PINPOINT", upstream.url)
        queue = FakeQueue()
        yield upstream, Doors(PinpointDestination(), queue), queue


def queued_with(gateway: Gateway, change: Any) -> list[tuple[str, str]]:
    """Put nine events, with the upstream's answer changed; the events that had to be queued."""
    upstream, doors, queue = gateway

    def answer(request: Any) -> tuple[int, Any]:
        body = accept_all(request)
        change(body["Results"])
        return 202, body

    upstream.answer = answer
    queue.queued.clear()
    upstream.requests.clear()
    doors.put_events(
        {
            "BatchItem": {
                id_: {"Endpoint": {"OptOut": "ALL"}, "Events": dict.fromkeys(EVENTS, EVENT)}
                for id_ in ENDPOINTS
            }
        }
    )
    assert len(upstream.requests) == 1
    return [(endpoint_id, event_id) for _, endpoint_id, event_id in queue.events]


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(rubbish=RUBBISH, endpoint_id=st.sampled_from(ENDPOINTS))
def test_rubbish_for_an_endpoint_leaves_its_events_undelivered(
    gateway: Gateway, rubbish: Any, endpoint_id: str
) -> None:
    queued = queued_with(gateway, lambda results: results.update({endpoint_id: rubbish}))
    assert queued == [(endpoint_id, event_id) for event_id in EVENTS]


@many
@given(rubbish=RUBBISH, endpoint_id=st.sampled_from(ENDPOINTS))
def test_rubbish_for_all_events_of_an_endpoint_leaves_them_undelivered(
    gateway: Gateway, rubbish: Any, endpoint_id: str
) -> None:
    queued = queued_with(
        gateway, lambda results: results[endpoint_id].update(EventsItemResponse=rubbish)
    )
    assert queued == [(endpoint_id, event_id) for event_id in EVENTS]


@many
@given(
    rubbish=RUBBISH | st.fixed_dictionaries({"StatusCode": NO_STATUS, "Message": SCALARS}),
    event_id=st.sampled_from(EVENTS),
)
def test_rubbish_for_an_event_leaves_it_alone_undelivered(
    gateway: Gateway, rubbish: Any, event_id: str
) -> None:
    queued = queued_with(
        gateway, lambda results: results["b"]["EventsItemResponse"].update({event_id: rubbish})
    )
    assert queued == [("b", event_id)]


@many
@given(rubbish=RUBBISH)
def test_rubbish_for_an_endpoints_data_leaves_it_alone_undelivered(
    gateway: Gateway, rubbish: Any
) -> None:
    queued = queued_with(gateway, lambda results: results["b"].update(EndpointItemResponse=rubbish))
    assert queued == []
    [(_, batch_item, _)] = gateway[2].queued
    assert {id_: batch.endpoint is not None for id_, batch in batch_item.items()} == {"b": True}


@many
@given(message=SCALARS)
def test_a_rejection_without_a_text_has_one_of_ours(gateway: Gateway, message: Any) -> None:
    rejection = {"StatusCode": 400, "Message": message}
    queued = queued_with(
        gateway, lambda results: results["b"]["EventsItemResponse"].update({"2": rejection})
    )
    assert queued == []
