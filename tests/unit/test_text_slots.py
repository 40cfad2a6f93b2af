"""Half a surrogate pair, wherever a client can write text, costs the part that has it and no more.

JavaScript sends one when it cuts an emoji in two.
"""

import json
from typing import Any

import pytest

from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import rejected_record
from putevents.wire.schemas import Event, PublicEndpoint
from tests.unit.doors import ACCEPTED, Doors, FakeDestination, FakeQueue, http_event, sqs_record
from tests.unit.slots import DATE, slots

HALVES = ["\ud800", "cut \ud83d", "\udfffx"]
EVENT = {"EventType": "a", "Timestamp": DATE}
EVENT_SLOTS = [(path, value) for half in HALVES for path, value in slots(Event, half)]
ENDPOINT_SLOTS = [(path, value) for half in HALVES for path, value in slots(PublicEndpoint, half)]
TEXT = "Text should be valid Unicode."
# An endpoint is taken without this one.
LEFT_OUT = "EffectiveDate"


def message_of(status: int, answer: Any) -> str:
    assert status == 400
    return str(answer["Message"])


def test_the_models_have_the_places_that_are_known() -> None:
    assert len(slots_of_events := dict(EVENT_SLOTS)) == 13
    assert {"Attributes.[key]", "Session.Id", "SdkName"} <= slots_of_events.keys()
    assert len(dict(ENDPOINT_SLOTS)) == 24


@pytest.mark.parametrize(("path", "value"), EVENT_SLOTS)
def test_an_event_is_rejected_alone(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, path: str, value: Any
) -> None:
    destination.keeps_rejected = True
    batch = {"Endpoint": {}, "Events": {"1": EVENT, "bad": value, "2": EVENT}}
    request = {"BatchItem": {"phone": batch, "other": {"Endpoint": {}, "Events": {"3": EVENT}}}}
    results = doors.put_events(request)
    answers = results["phone"]["EventsItemResponse"] | results["other"]["EventsItemResponse"]
    bad = answers.pop("bad")
    assert bad["StatusCode"] == 400
    assert bad["Message"].startswith(TEXT)
    assert path.split(".")[0].removesuffix("[key]") in bad["Message"]
    assert answers == dict.fromkeys("123", ACCEPTED)

    assert doors.stay(sqs_record({"ApplicationId": "my-app", "EventsRequest": request})) == []
    assert [id_ for _, _, id_ in destination.delivered] == ["1", "2", "3"] * 2
    assert queue.queued == []
    assert queue.dead_whole == []
    for _, part in destination.rejected:
        record = rejected_record("my-app", part, Arrival("request", 0))
        assert json.loads(record["event"]) == value
        json.dumps(record, ensure_ascii=False).encode()


@pytest.mark.parametrize(("path", "value"), ENDPOINT_SLOTS)
def test_an_endpoint_is_rejected_alone_by_every_call(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, path: str, value: Any
) -> None:
    status = 202 if path == LEFT_OUT else 400
    batch = {"Endpoint": value, "Events": {"1": EVENT}}
    request = {"BatchItem": {"phone": batch, "other": {"Endpoint": {}, "Events": {"2": EVENT}}}}
    results = doors.put_events(request)
    answer = results["phone"]["EndpointItemResponse"]
    assert answer["StatusCode"] == status
    assert results["phone"]["EventsItemResponse"] == {"1": ACCEPTED}
    assert results["other"]["EndpointItemResponse"] == ACCEPTED

    update = doors.call("PUT", "/v1/apps/my-app/endpoints/phone", value)
    items = {"Item": [{"Id": "phone", **value}, {"Id": "other"}]}
    batch_update = doors.call("PUT", "/v1/apps/my-app/endpoints", items)
    assert update[0] == batch_update[0] == status
    if status == 400:
        assert answer["Message"].startswith(TEXT)
        assert update[1]["Message"] == answer["Message"]
        assert batch_update[1]["Message"] == f"{answer['Message']} (Item.0)"
    assert ("my-app", "other") in destination.updated
    assert (("my-app", "phone") in destination.updated) == (status == 202)
    assert not doors.stay(sqs_record({"ApplicationId": "my-app", "EventsRequest": request}))
    assert len(destination.delivered) == 4
    assert queue.dead_whole == []


@pytest.mark.parametrize("half", HALVES)
def test_ids_are_rejected_with_what_they_name(doors: Doors, queue: FakeQueue, half: str) -> None:
    batch = {"Endpoint": {}, "Events": {half: EVENT, "1": EVENT}}
    results = doors.put_events({"BatchItem": {half: batch, "phone": batch}})
    for answer in results[half]["EventsItemResponse"].values():
        assert answer["StatusCode"] == 400
    assert results[half]["EndpointItemResponse"]["StatusCode"] == 400
    assert results["phone"]["EventsItemResponse"]["1"] == ACCEPTED
    assert results["phone"]["EventsItemResponse"][half]["StatusCode"] == 400

    items = {"Item": [{"Id": half}, {"Id": "other"}]}
    answered = doors.call("PUT", "/v1/apps/my-app/endpoints", items)
    assert message_of(*answered) == f"{TEXT} (Id) (Item.0)"
    message = {"ApplicationId": half, "EventsRequest": {"BatchItem": {}}}
    assert doors.stay(sqs_record(message)) == []
    assert queue.dead_whole[0][1] == f"{TEXT} (ApplicationId)"


@pytest.mark.parametrize("segment", ["%ff", "%ED%A0%80", "a%C3", "%ff%fe"])
@pytest.mark.parametrize(
    "call",
    [
        ("POST", "/v1/apps/{}/events"),
        ("PUT", "/v1/apps/my-app/endpoints/{}"),
        ("PUT", "/v1/apps/{}/endpoints"),
        ("GET", "/v1/apps/my-app/endpoints/{}"),
        ("DELETE", "/v1/apps/my-app/endpoints/{}"),
        ("GET", "/v1/apps/my-app/users/{}"),
        ("DELETE", "/v1/apps/my-app/users/{}"),
        ("GET", "/v1/apps/{}/endpoints/a/inappmessages"),
    ],
)
def test_a_path_that_is_no_utf8_is_a_bad_request(
    doors: Doors, call: tuple[str, str], segment: str
) -> None:
    # Read leniently, %ff and %fe would be one endpoint.
    status, answer = doors.call(call[0], call[1].format(segment), {})
    assert message_of(status, answer) == "The path should be valid UTF-8."


def test_client_data_never_opens_the_breaker(doors: Doors, destination: FakeDestination) -> None:
    events = {str(n): value for n, (_, value) in enumerate(EVENT_SLOTS)}
    request = {"BatchItem": {"phone": {"Endpoint": {}, "Events": events}}}
    for _ in range(10):
        assert doors.answer(http_event(request))[0] == 202
    assert doors.gateway.breaker.lets_through("my-app")
    assert len(destination.calls) == 10


@pytest.mark.parametrize("half", HALVES)
def test_an_endpoints_id_is_told_what_is_wrong_with_it(doors: Doors, half: str) -> None:
    batch = {"Endpoint": {}, "Events": {"1": EVENT}}
    results = doors.put_events({"BatchItem": {half: batch, "phone": batch}})
    told = {"StatusCode": 400, "Message": "Endpoint id should be valid Unicode."}
    bad = {"EndpointItemResponse": told, "EventsItemResponse": {"1": told}}
    assert (results[half], results["phone"]["EventsItemResponse"]) == (bad, {"1": ACCEPTED})
