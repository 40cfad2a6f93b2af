"""How another PutEvents server is told who calls: unsigned, signed for its API, or with a key."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import SecretsProvider

from putevents.destinations.pinpoint import PinpointDestination
from putevents.errors import SettingsError
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import Event, ValidBatch
from tests.loopback import Request, Response, serving
from tests.upstream import ACCEPTED, Upstream, running_upstream

BATCH = {"phone": ValidBatch(None, {"1": Event(EventType="a", Timestamp="2026-11-24T10:00:00Z")})}
DELIVERED = {"phone": {"EventsItemResponse": {"1": ACCEPTED}}}
Environ = Callable[..., None]


@pytest.fixture(name="environ")
def _environ(monkeypatch: pytest.MonkeyPatch) -> Environ:
    # boto3's session keeps the credentials that it found first.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


@pytest.fixture(name="upstream")
def _upstream(environ: Environ) -> Iterator[Upstream]:
    with running_upstream() as upstream:
        environ(AWS_ENDPOINT_URL_PINPOINT=upstream.url, AWS_SESSION_TOKEN="a-token")
        yield upstream


class Secrets:
    """Secrets Manager: what it holds, and what it was asked for."""

    def __init__(self) -> None:
        self.key: str | None = "the-key\n"
        self.asked: list[str] = []

    def respond(self, request: Request) -> Response:
        """Answer GetSecretValue, or say that there is no such secret."""
        assert request.headers["x-amz-target"] == "secretsmanager.GetSecretValue"
        self.asked.append(json.loads(request.body)["SecretId"])
        if self.key is None:
            return Response(400, b'{"__type": "ResourceNotFoundException"}')
        return Response(200, json.dumps({"SecretString": self.key}).encode())


@pytest.fixture(name="secrets")
def _secrets(environ: Environ) -> Iterator[Secrets]:
    secrets = Secrets()
    with serving(secrets.respond) as url:
        environ(
            AWS_ENDPOINT_URL_SECRETS_MANAGER=url,
            PINPOINT_AUTH="api-key",
            PINPOINT_API_KEY_SECRET="pinpoint/key",
        )
        yield secrets


def why_not(answers: Any) -> Any:
    [told] = answers["phone"]["EventsItemResponse"].values()
    assert told["StatusCode"] == 500
    return told["Message"]


def deliver(destination: PinpointDestination) -> Any:
    return destination.deliver("my app", BATCH, {"phone": Arrival.now("r")}, TimeLeft())


def test_without_a_setting_a_call_is_signed_for_pinpoint(upstream: Upstream) -> None:
    assert deliver(PinpointDestination()) == DELIVERED

    assert "/mobiletargeting/aws4_request" in upstream.headers[0]["authorization"]


@pytest.mark.parametrize("auth", ["none", "api-key"])
def test_an_unsigned_call_tells_nothing_of_our_credentials(
    upstream: Upstream, environ: Environ, secrets: Secrets, auth: str
) -> None:
    environ(PINPOINT_AUTH=auth)
    assert deliver(PinpointDestination()) == DELIVERED

    [headers] = upstream.headers
    assert not {"authorization", "x-amz-security-token"} & headers.keys()
    assert headers.get("x-api-key") == ("the-key" if auth == "api-key" else None)
    assert secrets.asked == (["pinpoint/key"] if auth == "api-key" else [])


@pytest.mark.parametrize(("region", "signed"), [("eu-west-1", "eu-west-1"), ("", "us-east-1")])
def test_for_an_api_with_iam_every_call_is_signed_for_it_and_its_region(
    environ: Environ, region: str, signed: str
) -> None:
    calls: list[Request] = []

    def respond(call: Request) -> Response:
        calls.append(call)
        return Response(404, b"{}")

    with serving(respond) as url:
        environ(AWS_ENDPOINT_URL_PINPOINT=url, AWS_SESSION_TOKEN="a-token")
        environ(PINPOINT_AUTH="iam", PINPOINT_REGION=region)
        destination = PinpointDestination()
        assert why_not(deliver(destination)) == "404"
        assert destination.get_endpoint("my app", "phone") is None

    assert [call.method for call in calls] == ["POST", "GET"]
    for call in calls:
        assert f"/{signed}/execute-api/aws4_request" in call.headers["authorization"]
        assert call.headers["x-amz-security-token"] == "a-token"


def test_a_key_is_read_once_for_many_calls(upstream: Upstream, secrets: Secrets) -> None:
    destination = PinpointDestination()
    assert [deliver(destination) for _ in range(3)] == [DELIVERED] * 3

    assert secrets.asked == ["pinpoint/key"]
    assert {headers["x-api-key"] for headers in upstream.headers} == {"the-key"}


def test_without_its_key_nothing_is_sent_and_the_function_still_starts(
    upstream: Upstream, secrets: Secrets
) -> None:
    secrets.key = None
    destination = PinpointDestination()
    assert why_not(deliver(destination)) == "GetParameterError"
    assert upstream.requests == []

    secrets.key = "the-key"
    assert deliver(destination) == DELIVERED


def test_a_replaced_key_is_read_and_one_that_cannot_be_read_stays(
    upstream: Upstream, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if five minutes had passed before each call.
    monkeypatch.setattr(SecretsProvider, "has_not_expired_in_cache", lambda *_: False)
    destination = PinpointDestination()
    keys: list[str | None] = ["first", "second", None]
    for secrets.key in keys:
        assert deliver(destination) == DELIVERED

    assert [headers["x-api-key"] for headers in upstream.headers] == ["first", "second", "second"]


def test_an_unknown_way_ends_the_start_with_the_variables_name(environ: Environ) -> None:
    environ(PINPOINT_AUTH="basic")
    with pytest.raises(SettingsError, match="PINPOINT_AUTH"):
        PinpointDestination()
