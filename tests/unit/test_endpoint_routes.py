"""The calls about endpoints answer as the service did, from whatever destination there is."""

import json
from typing import Any

import pytest

from putevents import api_handler, endpoint_routes
from putevents.destinations import DestinationError
from tests.unit.doors import Context, FakeDestination, FakeQueue, http_event, settings

pytestmark = pytest.mark.usefixtures("destination", "queue")

ENDPOINT = "/v1/apps/my-app/endpoints/phone%2D1"
BATCH = "/v1/apps/my-app/endpoints"
USER = "/v1/apps/my-app/users/jane"
ACCEPTED = {"Message": "Accepted", "RequestID": "request-1"}


def call(method: str, path: str, body: Any = "") -> tuple[int, Any]:
    response = api_handler.lambda_handler(http_event(body, path, method), Context())
    return response["statusCode"], json.loads(response["body"])


def test_an_update_is_delivered_and_answered_as_amplify_waits_for(
    destination: FakeDestination,
) -> None:
    assert call("PUT", ENDPOINT, {"OptOut": "NONE"}) == (202, ACCEPTED)
    assert destination.endpoints == [("phone-1", {"OptOut": "NONE"})]


@pytest.mark.parametrize("code", [None, 429, 500])
def test_an_update_that_failed_is_queued(
    destination: FakeDestination, queue: FakeQueue, code: int | None
) -> None:
    destination.endpoint_code = code
    assert call("PUT", ENDPOINT, {"OptOut": "NONE"}) == (202, ACCEPTED)
    assert queue.queued[0][1]["phone-1"].endpoint.opt_out == "NONE"


def test_an_update_that_nothing_took_is_a_500(
    destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.endpoint_code, queue.broken = 500, True
    status, body = call("PUT", ENDPOINT, {"OptOut": "NONE"})
    assert (status, body["Message"]) == (500, "Not delivered, please try again.")


@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        (ENDPOINT, {"Address": "a"}, "Missing ChannelType (Address)"),
        (ENDPOINT, [], "The body should be a JSON object."),
        (BATCH + "/a%24b", {}, "Endpoint id should be text without $, { and }."),
        (BATCH, {}, "Missing Item (Item)"),
        (BATCH, {"Item": [{"OptOut": "ALL"}]}, "Missing Id (Id)"),
    ],
)
def test_a_wrong_update_is_told_what_is_wrong(path: str, body: Any, text: str) -> None:
    status, answer = call("PUT", path, body)
    assert (status, answer["Message"]) == (400, text)


def test_a_refusal_of_the_destination_is_passed_on(destination: FakeDestination) -> None:
    destination.endpoint_code = 400
    assert call("PUT", ENDPOINT, {})[1]["Message"] == "code 400"


def test_a_batch_keeps_its_good_items_and_names_a_bad_one(destination: FakeDestination) -> None:
    items = [
        {"Id": "a", "OptOut": "ALL"},
        {"Id": "b", "Address": "x"},
        {"Id": "c$", "OptOut": "ALL"},
        {"Id": "d", "User": {"UserId": "u"}},
    ]
    status, answer = call("PUT", BATCH, {"Item": items})
    assert (status, answer["Message"]) == (400, "Missing ChannelType (Address)")
    assert destination.endpoints == [("a", {"OptOut": "ALL"}), ("d", {"User": {"UserId": "u"}})]


def test_a_batch_is_accepted_and_over_100_items_refused(destination: FakeDestination) -> None:
    items = [{"Id": f"e{i}"} for i in range(101)]
    assert call("PUT", BATCH, {"Item": items[:100]}) == (202, ACCEPTED)
    assert call("PUT", BATCH, {"Item": items})[0] == 400
    assert call("PUT", BATCH, {"Item": []}) == (202, ACCEPTED)


def test_a_batch_that_failed_is_queued(
    destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination, "deliver", lambda *_: {})
    assert call("PUT", BATCH, {"Item": [{"Id": "a", "OptOut": "ALL"}]}) == (202, ACCEPTED)
    assert list(queue.queued[0][1]) == ["a"]


def test_stored_endpoints_are_read_and_deleted(destination: FakeDestination) -> None:
    phone: Any = {"Id": "phone-1", "User": {"UserId": "jane"}}
    tablet: Any = {"Id": "tablet", "User": {"UserId": "jane"}}
    destination.stored = {"phone-1": phone, "tablet": tablet}
    assert call("GET", ENDPOINT) == (200, phone)
    assert call("GET", USER) == (200, {"Item": [phone, tablet]})
    assert call("DELETE", ENDPOINT) == (202, phone)
    assert call("DELETE", USER) == (202, {"Item": [tablet]})
    for method, path in [("GET", ENDPOINT), ("DELETE", ENDPOINT), ("GET", USER), ("DELETE", USER)]:
        status, body = call(method, path)
        assert (status, body["Message"]) == (404, "Endpoint not found.")


def test_a_destination_that_does_not_answer_is_a_500(
    destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise DestinationError

    monkeypatch.setattr(destination, "get_endpoint", fail)
    assert call("GET", ENDPOINT)[0] == 500


def test_there_are_no_in_app_messages() -> None:
    assert call("GET", ENDPOINT + "/inappmessages") == (200, {"InAppMessageCampaigns": []})


@pytest.mark.parametrize("path", [ENDPOINT, BATCH, USER, ENDPOINT + "/inappmessages"])
def test_an_application_that_is_not_served_is_not_found(path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        status, _ = call(method, path.replace("my-app", "unknown"), {})
        assert status in (404, 405)


def test_another_method_on_a_served_path_is_not_allowed() -> None:
    assert call("POST", ENDPOINT)[0] == 405
    assert call("GET", BATCH)[0] == 405


@pytest.mark.parametrize("path", [ENDPOINT, USER, ENDPOINT + "/", USER + "/"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_callers_who_may_only_send_read_and_delete_nothing(
    destination: FakeDestination, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    phone: Any = {"Id": "phone-1", "User": {"UserId": "jane"}}
    destination.stored = {"phone-1": phone}
    monkeypatch.setattr(endpoint_routes, "settings", lambda: settings(ENDPOINT_READS="false"))
    status, body = call(method, path)
    assert (status, body["Message"]) == (
        403,
        "Endpoints can be read and deleted with auth iam only.",
    )
    assert destination.stored == {"phone-1": phone}
    assert call("PUT", ENDPOINT, {}) == (202, ACCEPTED)
