"""Gateways in a row, the second behind a stand-in that checks what API Gateway checks."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.clients.doorkeeper import (
    API_KEY,
    has_api_key,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.programs import ENVIRONMENT
from tests.local.conftest import StartGateway
from tests.local.running_gateway import RunningGateway, put_events_body
from tests.loopback import Request, Response, serving

CREDENTIALS = {name: ENVIRONMENT[name] for name in ENVIRONMENT if name.startswith("AWS_")}
# The first gateway is elsewhere than the second one's API, which is in us-east-1.
FIRST = {
    **CREDENTIALS, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
    "DESTINATION": "pinpoint", "RETRY_DELAY_SECONDS": "1",
}  # fmt: skip
IAM = {"PINPOINT_AUTH": "iam", "PINPOINT_REGION": "us-east-1"}
NAME = "pinpoint/key"


def is_unsigned(call: Request) -> bool:
    """`auth: none`, from a caller that tells nothing of its credentials."""
    return not {"authorization", "x-amz-security-token", "x-api-key"} & call.headers.keys()


def secrets_manager(call: Request) -> Response:
    """Hold one secret."""
    assert json.loads(call.body) == {"SecretId": NAME}
    return Response(200, json.dumps({"SecretString": f"{API_KEY}\n"}).encode())


@pytest.fixture(name="key")
def _key() -> Iterator[dict[str, str]]:
    with serving(secrets_manager) as url:
        yield {
            "PINPOINT_AUTH": "api-key",
            "PINPOINT_API_KEY_SECRET": NAME,
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": url,
        }


def sent_through(
    start_gateway: StartGateway, admits: Callable[[Request], bool], **auth: str
) -> tuple[RunningGateway, RunningGateway]:
    """Send an event to the first of two gateways, of which the second admits only some."""
    second = start_gateway("second")
    with standing_before(second.url, admits) as url:
        first = start_gateway("first", **FIRST, **auth, AWS_ENDPOINT_URL_PINPOINT=url)
        answer = first.put_events(put_events_body())
    assert answer["Results"]["device"]["EventsItemResponse"]["1"]["StatusCode"] == 202
    return first, second


def test_an_event_passes_unsigned(start_gateway: StartGateway) -> None:
    _, second = sent_through(start_gateway, is_unsigned, PINPOINT_AUTH="none")

    assert second.stored() == [("device", "1", "hello")]


def test_an_event_passes_with_a_signature_for_the_other_api(start_gateway: StartGateway) -> None:
    _, second = sent_through(start_gateway, is_signed_for_execute_api, **IAM)

    assert second.stored() == [("device", "1", "hello")]


def test_an_event_passes_with_an_api_key(start_gateway: StartGateway, key: dict[str, str]) -> None:
    _, second = sent_through(start_gateway, has_api_key, **key)

    assert second.stored() == [("device", "1", "hello")]


@pytest.mark.parametrize(
    ("admits", "auth"),
    [
        (is_signed_for_execute_api, {"PINPOINT_AUTH": "none"}),
        (is_signed_for_execute_api, {"PINPOINT_AUTH": "aws"}),
        (is_signed_for_execute_api, {"PINPOINT_AUTH": "iam", "PINPOINT_REGION": "eu-west-1"}),
        (has_api_key, {"PINPOINT_AUTH": "none"}),
    ],
)
def test_an_event_that_the_other_api_turns_away_waits_on_the_queue(
    start_gateway: StartGateway, admits: Callable[[Request], bool], auth: dict[str, str]
) -> None:
    first, second = sent_through(start_gateway, admits, **auth)

    assert second.stored() == []
    assert first.rows("SELECT queue FROM messages") == [("queue",)]
