"""Every row of the design's table of answers, bodies and headers included."""

import json
from collections.abc import Iterator

import pytest

from tests.deployed.bodies import numbered
from tests.deployed.deployed_gateway import APPLICATION, Answer, Gateway, send
from tests.deployed.putevents_server import Upstream

EVENTS = f"/v1/apps/{APPLICATION}/events"
GOOD = json.dumps(numbered("device", 1)).encode()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "message"),
    [
        ("POST", EVENTS, b"not json", 400, "BadRequest", "not valid JSON"),
        ("POST", EVENTS, b"", 400, "BadRequest", "not valid JSON"),
        ("POST", EVENTS, b"[]", 400, "BadRequest", "JSON object"),
        ("POST", EVENTS, b"{}", 400, "BadRequest", "Missing BatchItem"),
        ("POST", "/v1/apps/other/events", GOOD, 404, "NotFound", "Application not found."),
        ("PATCH", "/v1/apps", GOOD, 404, "NotFound", "Path not found."),
        # Pinpoint's operations by API Gateway's resources: a prefix of a route, a step beside one,
        # no step of any.
        ("POST", "/v1/apps", GOOD, 404, "NotFound", "CreateApp is not served here: it lives on"),
        ("GET", f"/v1/apps/{APPLICATION}/channels/gcm", b"", 404, "NotFound", "GetGcmChannel is"),
        ("POST", f"/v1/apps/{APPLICATION}/messages", GOOD, 404, "NotFound", "SendMessages is not"),
        ("GET", "/v1/tags/arn%3Aaws%3Aa%2Fb", b"", 404, "NotFound", "ListTagsForResource is not"),
        ("POST", "/", GOOD, 404, "NotFound", "Path not found."),
        ("PUT", EVENTS, GOOD, 405, "MethodNotAllowed", "Method not allowed."),
        ("GET", EVENTS, b"", 405, "MethodNotAllowed", "Method not allowed."),
        ("DELETE", EVENTS + "/legacy", b"", 405, "MethodNotAllowed", "Method not allowed."),
    ],
)
def test_a_request_that_fails_as_a_whole_is_told_why(
    gateway: Gateway,
    upstream: Upstream,
    method: str,
    path: str,
    body: bytes,
    status: int,
    kind: str,
    message: str,
) -> None:
    answer = gateway.call(path, body, method)

    assert answer.status == status
    assert answer.headers["x-amzn-ErrorType"] == f"{kind}Exception"
    assert message in _message(answer)
    assert upstream.calls == []


def test_an_unsigned_request_is_forbidden(gateway: Gateway, upstream: Upstream) -> None:
    answer = send(gateway.deployment.api + EVENTS, GOOD, headers={"Content-Type": "text/plain"})

    assert answer.status == 403
    _message(answer)
    # Of its own errors API Gateway names the type itself, and more finely than Pinpoint.
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert upstream.calls == []


def test_a_wrong_signature_is_forbidden(
    gateway: Gateway, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "secret", "wrong")

    answer = gateway.put_events(GOOD)

    assert answer.status == 403
    _message(answer)
    assert upstream.calls == []


def test_an_event_neither_delivered_nor_queued_is_answered_500_alone(
    gateway: Gateway, upstream: Upstream, endpoint_id: str, refusing_queue: None
) -> None:
    upstream.stop()
    body = numbered(endpoint_id, 2)
    body["BatchItem"][endpoint_id]["Events"]["bad"] = {}

    answer = gateway.put_events(body)

    assert answer.status == 202
    assert answer.items == {
        "0": (500, "Not delivered, please try again."),
        "1": (500, "Not delivered, please try again."),
        "bad": (400, "Missing EventType (EventType)"),
    }


@pytest.fixture(name="refusing_queue")
def _refusing_queue(gateway: Gateway) -> Iterator[None]:
    """A retry queue that takes nothing, by a policy put on it."""
    attributes = gateway.sqs.get_queue_attributes(
        QueueUrl=gateway.queue, AttributeNames=["Policy", "QueueArn"]
    )["Attributes"]
    policy = json.loads(attributes["Policy"])
    refuse = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": attributes["QueueArn"],
    }
    policy["Statement"].append(refuse)
    _set_policy(gateway, json.dumps(policy))
    yield
    _set_policy(gateway, attributes["Policy"])


def _set_policy(gateway: Gateway, policy: str) -> None:
    gateway.sqs.set_queue_attributes(QueueUrl=gateway.queue, Attributes={"Policy": policy})


def _message(answer: Answer) -> str:
    """The text of an error in Pinpoint's shape."""
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json.keys() == {"Message", "RequestID"}
    assert answer.json["RequestID"]
    message: str = answer.json["Message"]
    return message
