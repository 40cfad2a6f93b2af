"""A request is routed by what API Gateway matched, whatever stood before it in the path."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
BODY = {"BatchItem": {"phone": {"Endpoint": {}, "Events": {"1": EVENT}}}}
APP = "/v1/apps/{application-id}"
ENDPOINT = APP + "/endpoints/{endpoint-id}"
IDS = {"application-id": "my-app", "endpoint-id": "phone", "user-id": "u"}
ROUTES: list[tuple[str, str, Any, int]] = [
    ("POST", APP + "/events", BODY, 202),
    ("POST", APP + "/events/legacy", BODY, 202),
    ("PUT", APP + "/endpoints", {"Item": []}, 202),
    ("PUT", ENDPOINT, {}, 202),
    ("GET", ENDPOINT, "", 200),
    ("DELETE", ENDPOINT, "", 202),
    ("GET", ENDPOINT + "/inappmessages", "", 200),
    ("GET", APP + "/users/{user-id}", "", 200),
    ("DELETE", APP + "/users/{user-id}", "", 202),
]


def matched(
    method: str, resource: str, body: Any = "", before: str = "", **ids: str
) -> dict[str, Any]:
    """The event of a request whose path has something before what API Gateway matched."""
    parameters = {n: v for n, v in (IDS | ids).items() if f"{{{n}}}" in resource}
    path = resource
    for name, value in parameters.items():
        path = path.replace(f"{{{name}}}", value)
    event = http_event(body, before + path, method)
    return event | {"resource": resource, "pathParameters": parameters or None}


def status(event: dict[str, Any]) -> int:
    destination = FakeDestination(stored={"phone": {"Id": "phone", "User": {"UserId": "u"}}})
    return Doors(destination, FakeQueue()).answer(event)[0]


@pytest.mark.parametrize("before", ["", "/", "/analytics", "/a/b%20c", "/v1/apps"])
@pytest.mark.parametrize(("method", "resource", "body", "expected"), ROUTES)
def test_every_route_is_found_behind_a_base_path(
    method: str, resource: str, body: Any, expected: int, before: str
) -> None:
    assert status(matched(method, resource, body, before)) == expected


@pytest.mark.parametrize(("method", "resource", "body", "expected"), ROUTES)
def test_every_route_is_found_though_api_gateway_matched_none(
    method: str, resource: str, body: Any, expected: int
) -> None:
    event = matched(method, resource, body)
    path = event["path"]
    for proxy in (path.lstrip("/"), path, "/" + path):
        greedy = {"resource": "/{proxy+}", "pathParameters": {"proxy": proxy}}
        assert status(event | greedy | {"path": "/analytics//" + path}) == expected
    assert status(event | {"resource": "/{proxy+}", "path": "//" + path, "pathParameters": None}) \
        == expected  # fmt: skip


@pytest.mark.parametrize("before", ["", "/analytics"])
def test_405_and_404_are_told_apart_behind_a_base_path(before: str) -> None:
    assert status(matched("PATCH", APP + "/events", "", before)) == 405
    assert status(matched("GET", APP + "/events", "", before)) == 405
    for resource in ("/", "/v1", "/v1/apps", APP, APP + "/users"):
        assert status(matched("GET", resource, "", before)) == 404
    unknown = http_event("", f"{before}/v1/nothing")
    assert status(unknown | {"pathParameters": {"proxy": "v1/nothing"}}) == 404


def test_a_path_that_no_longer_matches_inside_is_not_mended() -> None:
    assert status(http_event("", "/v1/apps/my-app/endpoints//inappmessages", "DELETE")) == 404


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("a%2Fb", "a/b"), ("a%20b", "a b"), ("a+b", "a+b"), ("%C3%A9", "é"), ("a%252Fb", "a%2Fb"),
        ("100%25", "100%"), ("a:b@c", "a:b@c"), ("a/b", "a/b"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "/analytics"])
def test_an_id_is_decoded_once(
    doors: Doors, destination: FakeDestination, sent: str, read: str, before: str
) -> None:
    event = matched("PUT", ENDPOINT, {"OptOut": "ALL"}, before, **{"endpoint-id": sent})
    assert doors.answer(event)[0] == 202
    assert destination.updated == [("my-app", read)]


def test_a_parameter_that_api_gateway_does_not_name_leaves_the_path(doors: Doors) -> None:
    event = http_event(BODY) | {"resource": APP + "/events", "pathParameters": {"other": "x"}}
    assert doors.answer(event)[0] == 202


PROXY_EVENT = Path(__file__).parents[1] / "events/aws/api_gateway_proxy_event.json"


@pytest.mark.parametrize("base_path", ["", "/analytics", "/v1"])
def test_an_event_that_came_by_a_custom_domain_is_answered_as_any(
    doors: Doors, base_path: str
) -> None:
    """As API Gateway sends it: the base path stands in both paths, and nowhere else."""
    event = json.loads(PROXY_EVENT.read_text())
    path = base_path + event["path"]
    domain = {"domainName": "events.example.com", "domainPrefix": "events", "path": path}
    event |= {"path": path, "requestContext": event["requestContext"] | domain}
    for headers in (event["headers"], event["multiValueHeaders"]):
        host = "events.example.com"
        headers["Host"] = host if isinstance(headers["Host"], str) else [host]

    answer, body = doors.answer(event)[:2]

    assert answer == 202
    assert {
        item["StatusCode"]
        for endpoint in body["Results"].values()
        for item in endpoint["EventsItemResponse"].values()
    } == {202}
