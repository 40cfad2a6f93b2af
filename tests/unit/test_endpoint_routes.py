"""The calls about endpoints answer as the service did, from whatever destination there is."""

from typing import Any

import pytest

from putevents import ingest
from putevents.errors import DestinationError
from putevents.wire.schemas import PublicEndpoint
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event

ENDPOINT = "/v1/apps/my-app/endpoints/phone%2D1"
BATCH = "/v1/apps/my-app/endpoints"
USER = "/v1/apps/my-app/users/jane"
ACCEPTED = {"Message": "Accepted", "RequestID": "request-1"}


def test_an_update_is_delivered_and_answered_as_amplify_waits_for(
    doors: Doors, destination: FakeDestination
) -> None:
    assert doors.call("PUT", ENDPOINT, {"OptOut": "NONE"}) == (202, ACCEPTED)
    assert destination.endpoints == [("phone-1", {"OptOut": "NONE"})]


@pytest.mark.parametrize("code", [None, 429, 500])
def test_an_update_that_failed_is_queued(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, code: int | None
) -> None:
    destination.endpoint_code = code
    assert doors.call("PUT", ENDPOINT, {"OptOut": "NONE"}) == (202, ACCEPTED)
    assert queue.queued[0][1]["phone-1"].endpoint == PublicEndpoint(OptOut="NONE")


def test_an_update_that_nothing_took_is_a_500(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    destination.endpoint_code, queue.broken = 500, True
    status, body = doors.call("PUT", ENDPOINT, {"OptOut": "NONE"})
    assert (status, body["Message"]) == (500, "Not delivered, please try again.")


def test_a_refusal_of_the_destination_is_passed_on(
    doors: Doors, destination: FakeDestination
) -> None:
    destination.endpoint_code = 400
    assert doors.call("PUT", ENDPOINT, {})[1]["Message"] == "code 400"


def test_a_batch_keeps_its_good_items_and_names_a_bad_one(
    doors: Doors, destination: FakeDestination
) -> None:
    items = [
        {"Id": "a", "OptOut": "ALL"},
        {"Id": "b", "Address": "x"},
        {"Id": "c$", "OptOut": "ALL"},
        {"Id": "d", "User": {"UserId": "u"}},
    ]
    status, answer = doors.call("PUT", BATCH, {"Item": items})
    assert (status, answer["Message"]) == (400, "Missing ChannelType (Address) (Item.1)")
    assert destination.endpoints == [("a", {"OptOut": "ALL"}), ("d", {"User": {"UserId": "u"}})]


def test_a_batch_is_accepted_and_over_100_items_refused(
    doors: Doors, destination: FakeDestination
) -> None:
    items = [{"Id": f"e{i}"} for i in range(101)]
    assert doors.call("PUT", BATCH, {"Item": items[:100]}) == (202, ACCEPTED)
    assert doors.call("PUT", BATCH, {"Item": items})[0] == 400
    assert doors.call("PUT", BATCH, {"Item": []}) == (202, ACCEPTED)


def test_a_batch_that_failed_is_queued(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destination, "deliver", lambda *_: {})
    assert doors.call("PUT", BATCH, {"Item": [{"Id": "a", "OptOut": "ALL"}]}) == (202, ACCEPTED)
    assert list(queue.queued[0][1]) == ["a"]


def test_stored_endpoints_are_read_and_deleted(doors: Doors, destination: FakeDestination) -> None:
    phone: Any = {"Id": "phone-1", "User": {"UserId": "jane"}}
    tablet: Any = {"Id": "tablet", "User": {"UserId": "jane"}}
    destination.stored = {"phone-1": phone, "tablet": tablet}
    assert doors.call("GET", ENDPOINT) == (200, phone)
    assert doors.call("GET", USER) == (200, {"Item": [phone, tablet]})
    assert doors.call("DELETE", ENDPOINT) == (202, phone)
    assert doors.call("DELETE", USER) == (202, {"Item": [tablet]})
    for method, path in [("GET", ENDPOINT), ("DELETE", ENDPOINT), ("GET", USER), ("DELETE", USER)]:
        status, body = doors.call(method, path)
        assert (status, body["Message"]) == (404, "Endpoint not found.")


def test_a_destination_that_does_not_answer_is_a_500(
    doors: Doors, destination: FakeDestination, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise DestinationError

    monkeypatch.setattr(destination, "get_endpoint", fail)
    assert doors.call("GET", ENDPOINT)[0] == 500


@pytest.mark.parametrize("endpoint_id", ["%24user%2Fbob", "%7Bx", "x" * 1025])
def test_an_endpoint_that_cannot_be_has_no_in_app_messages(doors: Doors, endpoint_id: str) -> None:
    status, body = doors.call("GET", f"{BATCH}/{endpoint_id}/inappmessages")
    assert (status, body["Message"]) == (404, "Endpoint not found.")


@pytest.mark.parametrize("path", [ENDPOINT, BATCH, USER, ENDPOINT + "/inappmessages"])
def test_an_application_that_is_not_served_is_not_found(doors: Doors, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        status, _ = doors.call(method, path.replace("my-app", "unknown"), {})
        assert status in (404, 405)


@pytest.mark.parametrize(
    ("reads", "path", "allowed"),
    [
        ("true", ENDPOINT, "PUT, GET, DELETE"),
        ("false", ENDPOINT, "PUT"),
        ("true", USER, "GET, DELETE"),
        ("true", "/v1/apps/my-app/events", "POST"),
        ("true", "/v1/apps/my-app", None),
    ],
)
def test_a_405_says_which_methods_are_allowed(
    destination: FakeDestination, reads: str, path: str, allowed: str | None
) -> None:
    doors = Doors(destination, FakeQueue(), ENDPOINT_READS=reads)
    status, _, headers = doors.answer(http_event("", path, "PATCH"))
    assert (status, headers.get("Allow")) == (405 if allowed else 404, allowed)


def test_another_method_on_a_served_path_is_not_allowed(doors: Doors) -> None:
    assert doors.call("POST", ENDPOINT)[0] == 405
    assert doors.call("GET", BATCH)[0] == 405


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        (ENDPOINT, (405, "Endpoint")),
        (USER, (404, "UserEndpoints")),
        (ENDPOINT + "/", (405, "Endpoint")),
        (USER + "/", (404, "UserEndpoints")),
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_callers_who_may_only_send_read_and_delete_nothing(
    destination: FakeDestination, method: str, path: str, answer: tuple[int, str]
) -> None:
    phone: Any = {"Id": "phone-1", "User": {"UserId": "jane"}}
    destination.stored = {"phone-1": phone}
    doors = Doors(destination, FakeQueue(), ENDPOINT_READS="false")
    status, body = doors.call(method, path)
    assert status == answer[0]
    # By its name: a caller must not take it for an endpoint that is not there.
    text = "is not served here. The gateway's deploy setting endpointReads turns it on."
    assert body["Message"] == f"{method.capitalize()}{answer[1]} {text}"
    assert destination.stored == {"phone-1": phone}
    assert doors.call("PUT", ENDPOINT, {}) == (202, ACCEPTED)


@pytest.mark.parametrize(("broken", "status"), [(False, 202), (True, 500)])
def test_an_empty_update_that_failed_is_queued_or_told(
    doors: Doors, destination: FakeDestination, queue: FakeQueue, broken: bool, status: int
) -> None:
    destination.endpoint_code, queue.broken = 500, broken
    assert doors.call("PUT", ENDPOINT, {})[0] == status
    assert len(queue.queued) == (not broken)


def test_a_rejected_update_is_kept_as_it_came(doors: Doors, destination: FakeDestination) -> None:
    destination.keeps_rejected = True
    bad = {"Address": "x", "Odd": 1}
    doors.call("PUT", ENDPOINT, bad)
    items = [{"Id": "a"}, {"Id": "b", **bad}, {"OptOut": "ALL"}, 5]
    status, _ = doors.call("PUT", BATCH, {"Item": items})
    assert status == 400
    kept = [(part.endpoint_id, part.event_id, part.message, part.raw) for _, part in
            destination.rejected]  # fmt: skip
    missing = "Missing ChannelType (Address)"
    assert kept == [
        ("phone-1", None, missing, bad),
        ("b", None, missing, items[1]),
        ("$Item.2", None, "Missing Id (Id)", items[2]),
        ("$Item.3", None, "Should be an object.", 5),
    ]


def test_an_id_that_a_batch_has_twice_is_updated_twice_in_order(
    doors: Doors, destination: FakeDestination, queue: FakeQueue
) -> None:
    items = [
        {"Id": "a", "OptOut": "ALL"},
        {"Id": "b", "OptOut": "ALL"},
        {"Id": "a", "OptOut": "NONE"},
        {"Id": "a", "Address": "x"},
    ]
    status, answer = doors.call("PUT", BATCH, {"Item": items})
    assert (status, answer["Message"]) == (400, "Missing ChannelType (Address) (Item.3)")
    assert destination.endpoints == [
        ("a", {"OptOut": "ALL"}),
        ("b", {"OptOut": "ALL"}),
        ("a", {"OptOut": "NONE"}),
    ]
    first = destination.arrivals[0]
    assert destination.arrivals == [first.at(order) for order in (0, 1, 2)]
    destination.endpoint_code, queue.broken = None, True
    assert doors.call("PUT", BATCH, {"Item": items[:3]})[0] == 500


def test_a_bug_of_ours_in_an_update_is_a_500(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(ingest, "settle", bug)
    status, body = doors.call("PUT", ENDPOINT, {})
    assert (status, body["Message"]) == (500, "Internal server error.")


@pytest.mark.parametrize(
    ("endpoint", "text"),
    [
        (
            {"Attributes": {f"k{i}": [] for i in range(251)}},
            "Number of attributes per endpoint submitted should be less than 250.",
        ),
        (
            {"Metrics": {"k" * 51: 1}},
            f"Endpoint metric key length should be less than 50. (Metrics.{'k' * 51})",
        ),
        ({"OptOut": 1}, "Input should be a valid string (OptOut)"),
    ],
)
def test_an_update_names_the_rule_that_it_breaks(
    doors: Doors, endpoint: dict[str, Any], text: str
) -> None:
    assert doors.call("PUT", ENDPOINT, endpoint)[1]["Message"] == text
    item = {"Item": [{"Id": "a", **endpoint}]}
    assert doors.call("PUT", BATCH, item)[1]["Message"] == f"{text} (Item.0)"
