"""Destination `pinpoint`, against a PutEvents server that fails in every way."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from putevents.destinations.pinpoint import PinpointDestination
from putevents.errors import DestinationError
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import Event, PublicEndpoint, ValidBatch
from tests.unit.doors import ARRIVAL, nearly_over
from tests.unit.part_service import final
from tests.upstream import ACCEPTED, Upstream, accept_all, running_upstream


def deliver(
    batch_item: dict[str, ValidBatch],
    application_id: str = "a",
    time_left: TimeLeft = TimeLeft(),  # noqa: B008 # immutable
) -> Any:
    arrivals = dict.fromkeys(batch_item, Arrival.now("request-1"))
    return PinpointDestination().deliver(application_id, batch_item, arrivals, time_left)


def events(count: int, size: int = 0) -> dict[str, Event]:
    event = Event(
        EventType="a", Timestamp="2026-11-24T10:00:00Z", AppTitle="é" * size, Metrics={"m": 1.5}
    )
    return {f"e{i}": event for i in range(count)}


ENDPOINT = PublicEndpoint(Address="a", ChannelType="CUSTOM")


@pytest.fixture(name="upstream")
def _upstream(monkeypatch: pytest.MonkeyPatch) -> Iterator[Upstream]:
    with running_upstream() as upstream:
        monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", upstream.url)
        yield upstream


def test_an_event_goes_out_as_it_was_validated_and_signed(upstream: Upstream) -> None:
    batch_item = {"phone/é": ValidBatch(ENDPOINT, events(1))}
    answers = deliver(batch_item, "my app")

    [(path, request)] = upstream.requests
    assert path == "/v1/apps/my%20app/events"
    assert request["BatchItem"]["phone/é"] == {
        "Endpoint": {"Address": "a", "ChannelType": "CUSTOM"},
        "Events": {
            "e0": {
                "EventType": "a",
                "Timestamp": "2026-11-24T10:00:00Z",
                "AppTitle": "",
                "Metrics": {"m": 1.5},
            }
        },
    }
    assert "/mobiletargeting/aws4_request" in upstream.headers[0]["authorization"]
    assert upstream.headers[0]["content-type"] == "application/json"
    assert answers == {
        "phone/é": {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {"e0": ACCEPTED}}
    }


def test_250_events_go_in_calls_of_100_and_their_answers_are_merged(upstream: Upstream) -> None:
    answers = deliver({"phone": ValidBatch(ENDPOINT, events(250))})
    assert [len(r["BatchItem"]["phone"]["Events"]) for _, r in upstream.requests] == [100, 100, 50]
    assert answers["phone"]["EventsItemResponse"] == dict.fromkeys(events(250), ACCEPTED)


def test_no_call_is_over_4_mb(upstream: Upstream) -> None:
    deliver({"phone": ValidBatch(ENDPOINT, events(9, 400_000))})
    sizes = [int(headers["content-length"]) for headers in upstream.headers]
    assert len(sizes) == 2
    assert max(sizes) <= 4 * 1024 * 1024


def test_the_answers_of_single_events_are_passed_on(upstream: Upstream) -> None:
    refused = {"StatusCode": 400, "Message": "no"}

    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        body = accept_all(request)
        body["Results"]["phone"]["EventsItemResponse"]["e1"] = refused
        return 202, body

    upstream.answer = answer
    answers = deliver({"phone": ValidBatch(ENDPOINT, events(3))})
    assert answers["phone"]["EventsItemResponse"] == {"e0": ACCEPTED, "e1": refused, "e2": ACCEPTED}


@pytest.mark.parametrize(
    "answer",
    [
        (202, b"<html>fine</html>"), (202, b""), (202, b"[]"), (202, {}), (202, {"Results": None}),
        (202, {"Results": []}), (202, {"Results": {"phone": 5}}), (202, {"Results": {}}),
        (202, {"Results": {"phone": {"EventsItemResponse": {"e0": None}}}}),
        (400, {"Message": "no"}), (403, b"denied"), (404, {}), (429, {}), (500, {}), (503, b"x"),
        None,
    ],
)  # fmt: skip
def test_a_call_that_confirms_nothing_answers_for_nothing(upstream: Upstream, answer: Any) -> None:
    upstream.answer = lambda _: answer
    batch_item = {"phone": ValidBatch(ENDPOINT, events(2))}
    answers: Any = deliver(batch_item)
    told = answers.get("phone", {}).get("EventsItemResponse", {})
    assert not any(isinstance(a, dict) and a.get("StatusCode") == 202 for a in told.values())


def test_nobody_listening_answers_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_PINPOINT", "http://127.0.0.1:9")
    answers = deliver({"p": ValidBatch(ENDPOINT, events(1))})
    told = {"StatusCode": 500, "Message": "EndpointConnectionError"}
    assert answers == {"p": {"EventsItemResponse": {"e0": told}}}


def test_a_call_that_is_refused_for_what_it_holds_does_not_stop_the_next(
    upstream: Upstream,
) -> None:
    def refuse_the_first(request: dict[str, Any]) -> tuple[int, Any]:
        first = "e0" in request["BatchItem"]["phone"]["Events"]
        return (400, {"Message": "no"}) if first else (202, accept_all(request))

    upstream.answer = refuse_the_first
    answers = deliver({"phone": ValidBatch(ENDPOINT, events(150))})
    told = answers["phone"]["EventsItemResponse"]
    assert len(final(told)) == 50
    assert told["e0"]["Message"] == "400: no"
    # The first call carried the endpoint's own data, so its answer is still open.
    assert "EndpointItemResponse" not in answers["phone"]


def test_a_destination_that_is_down_is_not_called_again_for_the_rest(upstream: Upstream) -> None:
    upstream.answer = lambda _: (503, {})
    deliver({"phone": ValidBatch(ENDPOINT, events(300))})
    assert len({json.dumps(request) for _, request in upstream.requests}) == 1


def test_when_time_is_up_the_rest_is_left_for_the_queue(upstream: Upstream) -> None:
    batch_item = {"phone": ValidBatch(ENDPOINT, events(300))}
    answers = deliver(batch_item, time_left=nearly_over())
    assert len(upstream.requests) == 1
    assert len(answers["phone"]["EventsItemResponse"]) == 100


def test_what_is_rejected_is_kept_by_the_queue_door_alone() -> None:
    destination = PinpointDestination()
    assert not destination.keeps_rejected
    assert not destination.keep_rejected("a", [], ARRIVAL, TimeLeft())
    assert destination.forgotten("a", {}, {}, TimeLeft()) == set()


def test_an_update_of_an_endpoint_is_put_events_without_events(upstream: Upstream) -> None:
    answers = deliver({"phone": ValidBatch(ENDPOINT, {})})
    assert answers["phone"]["EndpointItemResponse"] == ACCEPTED
    [(_, request)] = upstream.requests
    endpoint = {"Address": "a", "ChannelType": "CUSTOM"}
    assert request == {"BatchItem": {"phone": {"Endpoint": endpoint, "Events": {}}}}


def test_a_rejected_update_is_passed_on_and_a_failed_one_is_not_delivered(
    upstream: Upstream,
) -> None:
    rejected = {"StatusCode": 400, "Message": "no"}
    item = {"EndpointItemResponse": rejected, "EventsItemResponse": {}}
    upstream.answer = lambda _: (202, {"Results": {"phone": item}})
    answers = deliver({"phone": ValidBatch(ENDPOINT, {})})
    assert answers["phone"]["EndpointItemResponse"] == rejected
    upstream.answer = lambda _: (429, {})
    told = deliver({"phone": ValidBatch(ENDPOINT, {})})["phone"]["EndpointItemResponse"]
    assert told == {"StatusCode": 500, "Message": "429"}


# --- endpoints, by the SDK's own stub against the real service model -------------------------


@pytest.fixture(name="stubbed")
def _stubbed() -> Iterator[tuple[PinpointDestination, Stubber]]:
    destination = PinpointDestination()
    with Stubber(destination._client) as stubber:
        yield destination, stubber
        stubber.assert_no_pending_responses()


IDS = {"ApplicationId": "a", "EndpointId": "phone"}
USER = {"ApplicationId": "a", "UserId": "jane"}
STORED = {"Id": "phone", "OptOut": "ALL"}


def test_endpoints_are_read_and_deleted(stubbed: tuple[PinpointDestination, Stubber]) -> None:
    destination, stubber = stubbed
    items = {"EndpointsResponse": {"Item": [STORED]}}
    stubber.add_response("get_endpoint", {"EndpointResponse": STORED}, IDS)
    stubber.add_response("delete_endpoint", {"EndpointResponse": STORED}, IDS)
    stubber.add_response("get_user_endpoints", items, USER)
    stubber.add_response("delete_user_endpoints", items, USER)
    assert destination.get_endpoint("a", "phone") == STORED
    assert destination.delete_endpoint("a", "phone") == STORED
    assert destination.get_user_endpoints("a", "jane") == [STORED]
    assert destination.delete_user_endpoints("a", "jane") == [STORED]


def test_what_is_not_there_and_what_failed_are_told_apart(
    stubbed: tuple[PinpointDestination, Stubber],
) -> None:
    destination, stubber = stubbed
    stubber.add_client_error("get_endpoint", "NotFoundException", http_status_code=404)
    stubber.add_client_error("get_user_endpoints", "NotFoundException", http_status_code=404)
    stubber.add_client_error("get_endpoint", "ForbiddenException", http_status_code=403)
    assert destination.get_endpoint("a", "phone") is None
    assert destination.get_user_endpoints("a", "jane") == []
    with pytest.raises(DestinationError):
        destination.get_endpoint("a", "phone")


def test_put_events_has_no_place_for_what_was_rejected() -> None:
    destination = PinpointDestination()
    assert not destination.keeps_rejected
    assert not destination.keep_rejected("a", [], ARRIVAL, TimeLeft())
