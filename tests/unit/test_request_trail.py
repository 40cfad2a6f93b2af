"""One request id is in every log line about an event, from the door to its dead letter."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from putevents.destinations.pinpoint import PinpointDestination
from putevents.ingest.submission import MAX_LOGGED
from putevents.observability import concerning, logger
from putevents.queue.messages import attributes
from putevents.queue.retry import MIN_ATTEMPTS, RetryQueue
from putevents.wire.arrival import Arrival
from tests.unit.captured_log import Log
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event, settings, sqs_record
from tests.upstream import Upstream, running_upstream

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}


@pytest.fixture(name="upstream")
def _upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with running_upstream() as upstream:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", upstream.url)
        yield upstream


def body(*event_ids: str) -> dict[str, Any]:
    events: dict[str, Any] = dict.fromkeys(event_ids, EVENT)
    return {"BatchItem": {"phone": {"Endpoint": {}, "Events": {**events, "bad": {}}}}}


def record(
    request_id: str,
    message_id: str,
    received: int = 1,
    endpoint_id: str = "phone",
    *event_ids: str,
    **more: Any,
) -> Any:
    """What was queued of a request, as the queue hands it over."""
    events = dict.fromkeys(event_ids or ["1"], EVENT)
    batch = {endpoint_id: {"Endpoint": {}, "Events": events}}
    queued = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch}}
    sent = attributes(Arrival(request_id, 1_764_054_000_000), 1)
    found: dict[str, Any] = {name: value["StringValue"] for name, value in sent.items()}
    return sqs_record(queued, message_id, received, **(found | more))


def test_an_event_is_followed_from_its_request_to_its_dead_letter(
    upstream: Upstream, log: Log
) -> None:
    upstream.answer = lambda _: (503, {})
    queue = FakeQueue()
    doors = Doors(PinpointDestination(), queue)

    doors.put_events(body("1"))
    assert queue.arrivals[0].request_id == "request-1"
    assert doors.stay(record("request-1", "m1")) == ["m1"]
    assert doors.stay(record("request-1", "m1", MIN_ATTEMPTS)) == []

    trail = log.lines
    assert [line["message"] for line in trail] == [
        "put_events failed", "rejected", "put_events",
        "put_events failed", "message stays",
        "put_events failed", "message is a dead letter",
    ]  # fmt: skip
    assert {json.dumps(line["request_id"]) for line in trail} == {'"request-1"'}


def test_an_event_that_waits_is_found_by_its_id(upstream: Upstream, log: Log) -> None:
    upstream.answer = lambda _: (503, {})
    doors = Doors(PinpointDestination(), FakeQueue())

    doors.put_events(body("1", "x" * 100))
    doors.stay(record("request-1", "m1", MIN_ATTEMPTS))

    found = {line["message"]: line for line in log.lines}
    assert sorted(found["put_events"]["undelivered"]) == ["1", "x" * 64]
    assert found["message is a dead letter"]["application_id"] == "my-app"
    # A bad event's line has its id as the example of its rule.
    assert found["rejected"]["example"] == "bad"


def fate(log: Log, event_id: str) -> list[tuple[str, str]]:
    """What the saved query of an event finds: each line's text, and where in it the id stands."""
    return [
        (line["message"], name)
        for line in log.lines
        for name, value in line.items()
        if event_id == value or (isinstance(value, list) and event_id in value)
    ]


def test_an_event_is_found_by_its_id_from_the_queue_to_its_delivery(log: Log) -> None:
    destination = FakeDestination(codes={"1": 500, "gone": 500})
    doors = Doors(destination, FakeQueue())
    doors.put_events(body("1", "gone"))
    destination.codes = {"gone": 400}
    assert doors.stay(record("request-1", "m1", 1, "phone", "1", "gone")) == []

    assert fate(log, "1") == [("put_events", "undelivered"), ("queue_message", "delivered")]
    assert fate(log, "gone")[-1] == ("queue_message", "rejected_ids")


def test_an_event_is_found_by_its_id_from_the_queue_to_the_next_and_its_dead_letter(
    log: Log,
) -> None:
    destination = FakeDestination(codes={"1": 500})
    doors = Doors(destination, FakeQueue())
    doors.put_events(body("1"))
    doors.stay(record("request-1", "m1", 1, "phone", "1", "2"))  # the rest of it waits on
    destination.codes |= {"2": 500}
    doors.stay(record("request-1", "m2"))  # it stays, and no line names it each time
    doors.stay(record("request-1", "m2", MIN_ATTEMPTS))
    destination.codes = {}
    doors.stay(record("request-1", "m3", Reason="Given up"))  # redriven

    assert fate(log, "1") == [
        ("put_events", "undelivered"), ("queue_message", "undelivered"),
        ("message is a dead letter", "dead"), ("queue_message", "delivered"),
    ]  # fmt: skip


@pytest.mark.parametrize(("received", "delivered"), [(1, []), (2, ["1"])])
def test_a_producers_message_is_named_only_once_it_had_to_wait(
    log: Log, received: int, delivered: list[str]
) -> None:
    destination = FakeDestination(codes={"1": 500})
    doors = Doors(destination, FakeQueue())
    message = json.loads(record("request-1", "m1")["body"])
    if received > 1:
        assert doors.stay(sqs_record(message)) == ["m1"]
        assert fate(log, "1") == [("message stays", "undelivered")]
    destination.codes = {}
    assert doors.stay(sqs_record(message, received=received)) == []
    assert log.lines[-1].get("delivered", []) == delivered


def test_an_event_whose_application_is_served_no_more_is_named_as_dead(log: Log) -> None:
    doors = Doors(FakeDestination(), FakeQueue(), APPLICATION_IDS="another")
    assert doors.stay(record("request-1", "m1")) == []
    assert fate(log, "1") == [("message is a dead letter", "dead")]
    assert log.lines[-1]["application_id"] == ""  # a producer may have made it up


def test_a_line_names_no_more_ids_than_a_line_may_hold(log: Log) -> None:
    many = [str(number) for number in range(MAX_LOGGED + 1)]
    doors = Doors(FakeDestination(codes=dict.fromkeys(many, 500)), FakeQueue())

    doors.put_events(body(*many))
    doors.put_events(body("delivered"))

    failed, delivered = (line for line in log.lines if line["message"] == "put_events")
    assert failed["undelivered"] == many[:MAX_LOGGED]
    assert failed["queued"] == MAX_LOGGED + 1
    assert "undelivered" not in delivered


def test_a_delivered_message_names_the_request_that_brought_it(
    log: Log,
) -> None:
    doors = Doors(FakeDestination(), FakeQueue())
    assert doors.stay(record("request-1", "m1"), record("request-2", "m2", 1, "tablet")) == []
    assert [(line["request_id"], line["message_id"]) for line in log.lines] == [
        ("request-1", "m1"), ("request-2", "m2")
    ]  # fmt: skip


def test_a_line_about_several_requests_names_them_all(upstream: Upstream, log: Log) -> None:
    upstream.answer = lambda _: (503, {})
    doors = Doors(PinpointDestination(), FakeQueue())
    doors.stay(record("request-1", "m1"), record("request-2", "m2", 1, "tablet"))
    failed = [line["request_id"] for line in log.lines if line["message"].endswith("failed")]
    assert failed == [["request-1", "request-2"], "request-1", "request-2"]


@pytest.mark.parametrize("door", ["api", "queue"])
def test_a_queue_that_fails_is_a_line_with_the_request(log: Log, door: str) -> None:
    queue = RetryQueue(settings())
    doors = Doors(FakeDestination(codes={"1": 500}), queue)
    with Stubber(queue._client) as sqs:
        if door == "api":
            sqs.add_client_error("send_message", "QueueDoesNotExist")
            doors.put_events(body("1"))
        else:
            sqs.add_client_error("change_message_visibility_batch", "QueueDoesNotExist")
            assert doors.stay(record("request-1", "m1"))
    trail = log.lines
    assert any("not queued" in line["message"] for line in trail) == (door == "api")
    assert any("not postponed" in line["message"] for line in trail) == (door == "queue")
    assert {line["request_id"] for line in trail} == {"request-1"}


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/apps/my-app/events", "not json"),
        ("POST", "/v1/apps/unknown/events", body("1")),
        ("GET", "/nowhere", ""),
        ("PUT", "/v1/apps/my-app/endpoints/phone", {"Address": "no channel"}),
        ("PUT", "/v1/apps/my-app/endpoints/phone", {}),
        ("GET", "/v1/apps/my-app/endpoints/phone/inappmessages", ""),
    ],
)
def test_every_line_of_a_request_names_it(log: Log, method: str, path: str, sent: Any) -> None:
    doors = Doors(FakeDestination(), FakeQueue())
    doors.answer(http_event(sent, path, method))
    trail = log.lines
    assert trail
    assert {line["request_id"] for line in trail} == {"request-1"}


def test_after_a_block_the_former_request_is_named(log: Log) -> None:
    with concerning(["outer"]):
        with concerning(["one", "two", "one"]):
            logger.info("in")
        logger.info("out")
    logger.info("after")
    inner, outer, after = log.lines
    assert (inner["request_id"], outer["request_id"]) == (["one", "two"], "outer")
    assert "request_id" not in after
