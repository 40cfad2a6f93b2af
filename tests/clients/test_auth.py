"""What each `auth` asks of a client, asked by a doorkeeper: the ways that docs/clients.md shows."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest

from tests.clients.browsing import Browse
from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_id_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, STORED
from tests.clients.programs import AIOBOTOCORE, ENVIRONMENT, HERE, NODE, Program
from tests.local.running_gateway import RunningGateway

ADMITS = {"iam": is_signed_for_execute_api, "cognito": has_id_token, "api-key": has_api_key}
HEADERS = {"cognito": ("authorization", ID_TOKEN), "api-key": ("x-api-key", API_KEY)}


@pytest.fixture(name="auth", params=list(ADMITS))
def _auth(request: pytest.FixtureRequest) -> str:
    auth: str = request.param
    return auth


@pytest.fixture(name="url")
def _url(auth: str, gateway: RunningGateway) -> Iterator[str]:
    with standing_before(gateway.url, ADMITS[auth]) as url:
        yield url


def sign_for_api_gateway(request: Any, **_: Any) -> None:
    request.context.setdefault("signing", {})["signing_name"] = "execute-api"


def add_header(name: str, value: str) -> Callable[..., None]:
    def add(request: Any, **_: Any) -> None:
        request.headers[name] = value

    return add


def test_boto3_passes_the_doorkeeper(
    auth: str, url: str, app: str, gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    request: Any = {"ApplicationId": app, "EventsRequest": {"BatchItem": BATCH_ITEM}}
    with closing(boto3.client("pinpoint", endpoint_url=url)) as client:
        with pytest.raises(client.exceptions.ForbiddenException):
            client.put_events(**request)

        if auth == "iam":
            client.meta.events.register("before-sign.pinpoint", sign_for_api_gateway)
        else:
            client.meta.events.register("before-send.pinpoint", add_header(*HEADERS[auth]))

        assert client.put_events(**request)["EventsResponse"] == ALL_ACCEPTED
        found = client.get_endpoint(ApplicationId=app, EndpointId="endpoint / ü")
        assert found["EndpointResponse"]["OptOut"] == "NONE"
    assert sorted(gateway.stored(app)) == STORED


def test_aiobotocore_passes_with_a_signature_for_execute_api(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    program, request = HERE / "python/aiobotocore_client.py", json.dumps(BATCH_ITEM)
    with standing_before(gateway.url, is_signed_for_execute_api) as url:
        answer = run.json(AIOBOTOCORE, program, app, stdin=request, GATEWAY_URL=url, AUTH="iam")

    assert answer["updated"] == "Accepted"
    assert len(gateway.stored(app)) == 8 * len(STORED)


@pytest.mark.parametrize("sdk", ["sdk-v3", "sdk-v2"])
def test_a_javascript_sdk_passes_the_doorkeeper(
    sdk: str, auth: str, url: str, run: Program, app: str, gateway: RunningGateway
) -> None:
    program, request = HERE / f"javascript/{sdk}.mjs", json.dumps(BATCH_ITEM)

    _, _, refused = run(NODE, program, app, stdin=request, GATEWAY_URL=url)
    answer = run.json(NODE, program, app, stdin=request, GATEWAY_URL=url, AUTH=auth)

    assert "ForbiddenException" in refused
    assert answer["put"] == ALL_ACCEPTED
    assert sorted(gateway.stored(app)) == STORED


@pytest.mark.parametrize("auth", list(HEADERS))
@pytest.mark.parametrize("redirect", ["wrapper", "worker"])
def test_amplify_passes_the_doorkeeper_with_an_added_header(
    redirect: str, auth: str, url: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    header, value = HEADERS[auth]

    visit = browse("v6", "record", app, redirect, gateway=url, header=header, value=value)

    assert visit["complaints"] == []
    assert visit["concluded"] == {"left": 0}
    assert [event_type for _, _, event_type in gateway.stored(app)] == ["Käufe 🛒"]


@pytest.mark.parametrize("auth", ["api-key"])
@pytest.mark.parametrize("library", ["v5", "v4"])
@pytest.mark.parametrize("redirect", ["wrapper", "worker"])
def test_the_header_comes_along_when_the_page_is_left(
    library: str, redirect: str, url: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    """A beacon cannot carry one; what is sent in its place outlives the page too."""
    header, value = HEADERS["api-key"]

    browse(library, "session", app, redirect, gateway=url, header=header, value=value)

    gateway.wait_for(f"POST /v1/apps/{app}/events/legacy +202 +1 accepted")
    assert "_session.stop" in [event_type for _, _, event_type in gateway.stored(app)]
