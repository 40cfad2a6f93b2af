"""Preflights and headers as browsers need them, from origins that are allowed and that are not."""

import json

import pytest

from tests.deployed.bodies import numbered
from tests.deployed.conftest import ORIGINS
from tests.deployed.deployed_gateway import APPLICATION, Answer, Gateway, send

EVENTS = f"/v1/apps/{APPLICATION}/events"
GOOD = json.dumps(numbered("device", 1)).encode()
ALLOW_ORIGIN = "Access-Control-Allow-Origin"
# What amplify-js asks to send, v4 to v6, and aws-sdk-js with it.
ASKED = {
    "authorization",
    "content-type",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-user-agent",
    "x-amz-content-sha256",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "x-amzn-clientsdkversion",
    "x-api-key",
}


@pytest.mark.parametrize("path", [EVENTS, EVENTS + "/legacy"])
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_preflight_from_an_allowed_origin_allows_what_clients_send(
    gateway: Gateway, path: str, origin: str
) -> None:
    answer = _preflight(gateway, path, origin)

    assert answer.status in (200, 204)
    assert answer.headers[ALLOW_ORIGIN] == origin
    assert _names(answer, "Access-Control-Allow-Headers") >= ASKED
    assert _names(answer, "Access-Control-Allow-Methods") >= {"post", "options"}
    assert answer.headers["Access-Control-Max-Age"] == "7200"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "http://app.example.com", "https://app.example.com.evil", "null"],
)
def test_a_preflight_from_another_origin_allows_nothing(gateway: Gateway, origin: str) -> None:
    answer = _preflight(gateway, EVENTS, origin)

    assert answer.headers[ALLOW_ORIGIN] is None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        pytest.param(EVENTS, GOOD, 202, id="accepted"),
        pytest.param(EVENTS, b"not json", 400, id="bad request"),
        pytest.param("/v1/apps/other/events", GOOD, 404, id="unknown application"),
        pytest.param("/v2", GOOD, 404, id="unknown path"),
    ],
)
def test_answers_and_errors_can_be_read_by_a_page_of_an_allowed_origin(
    gateway: Gateway, path: str, body: bytes, status: int
) -> None:
    answer = gateway.call(path, body, headers={"Origin": ORIGINS[1]})

    assert answer.status == status
    assert answer.headers[ALLOW_ORIGIN] == ORIGINS[1]
    exposed = _names(answer, "Access-Control-Expose-Headers")
    assert exposed >= {"x-amzn-requestid", "x-amzn-errortype", "date"}


def test_a_page_can_read_that_it_was_not_authorized(gateway: Gateway) -> None:
    answer = send(gateway.deployment.api + EVENTS, GOOD, headers={"Origin": ORIGINS[1]})

    assert answer.status == 403
    # API Gateway answers this by itself, and cannot choose among several origins.
    assert answer.headers[ALLOW_ORIGIN] == "*"


def test_answers_to_another_origin_cannot_be_read(gateway: Gateway) -> None:
    answer = gateway.call(EVENTS, GOOD, headers={"Origin": "https://evil.example.com"})

    assert answer.status == 202
    assert answer.headers[ALLOW_ORIGIN] is None


def _preflight(gateway: Gateway, path: str, origin: str) -> Answer:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(ASKED)),
    }
    return send(gateway.deployment.api + path, method="OPTIONS", headers=headers)


def _names(answer: Answer, header: str) -> set[str]:
    return {name.strip().lower() for name in (answer.headers[header] or "").split(",")}
