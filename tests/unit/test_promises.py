"""The promises as properties: for any mixture of good, bad and failing events."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents import api_handler, gateway, queue_handler
from putevents.breaker import Breaker
from tests.unit.doors import ACCEPTED, Context, FakeDestination, FakeQueue, http_event, sqs_record

GOOD = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
EVENTS: st.SearchStrategy[Any] = st.sampled_from(
    [GOOD, {**GOOD, "Attributes": {"k": "v"}}, {}, None, {**GOOD, "Metrics": {"m": "x"}}]
)
ENDPOINTS: st.SearchStrategy[Any] = st.sampled_from([{}, {"OptOut": "ALL"}, {"Address": "x"}, 5])
IDS = st.text(max_size=3)
BATCH_ITEM = st.dictionaries(
    IDS,
    st.fixed_dictionaries(
        {"Endpoint": ENDPOINTS, "Events": st.dictionaries(IDS, EVENTS, max_size=8)}
    ),
    max_size=4,
)
CODES = st.dictionaries(IDS, st.sampled_from([202, 400, 429, 500, None]))


@pytest.fixture(name="patch", scope="module")
def _patch() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@given(BATCH_ITEM, CODES, st.booleans())
def test_each_id_is_answered_and_no_202_is_empty(
    patch: pytest.MonkeyPatch,
    batch_item: dict[str, Any],
    codes: dict[str, int | None],
    queue_broken: bool,
) -> None:
    destination, queue = FakeDestination(codes=codes), FakeQueue(broken=queue_broken)
    patch.setattr(gateway, "destination", destination)
    patch.setattr(gateway, "retry_queue", queue)
    patch.setattr(gateway, "breaker", Breaker(seconds=30))
    response = api_handler.lambda_handler(http_event({"BatchItem": batch_item}), Context())
    results = json.loads(response["body"])["Results"]

    assert response["statusCode"] == 202
    assert {e: set(item["EventsItemResponse"]) for e, item in results.items()} == {
        e: set(batch["Events"]) for e, batch in batch_item.items()
    }
    held = destination.delivered + queue.events
    accepted = []
    for endpoint_id, item in results.items():
        for event_id, told in item["EventsItemResponse"].items():
            assert isinstance(told["StatusCode"], int)
            assert isinstance(told["Message"], str)
            assert (told["StatusCode"] == 202) == (told["Message"] == "Accepted")
            if told == ACCEPTED:
                accepted.append(("my-app", endpoint_id, event_id))
    assert sorted(accepted) == sorted(held)


@given(BATCH_ITEM, CODES, st.booleans())
def test_the_queue_door_keeps_every_event_somewhere(
    patch: pytest.MonkeyPatch,
    batch_item: dict[str, Any],
    codes: dict[str, int | None],
    queue_broken: bool,
) -> None:
    destination, queue = FakeDestination(codes=codes), FakeQueue(broken=queue_broken)
    patch.setattr(gateway, "destination", destination)
    patch.setattr(gateway, "retry_queue", queue)
    patch.setattr(gateway, "breaker", Breaker(seconds=30))
    body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
    answer = queue_handler.lambda_handler({"Records": [sqs_record(body)]}, Context())

    if answer["batchItemFailures"]:
        return  # the message is still on the queue, whole
    buried = [
        ("my-app", endpoint_id, event_id)
        for _, raw, _ in queue.buried
        for endpoint_id, batch in raw.items()
        for event_id in batch["Events"]
    ]
    asked = [("my-app", e, i) for e, batch in batch_item.items() for i in batch["Events"]]
    assert sorted(destination.delivered + queue.events + buried) == sorted(asked)
