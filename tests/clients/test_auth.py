"""What each `auth` asks of a client, asked by a doorkeeper; see test_documentation.py too."""

import json

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
from tests.clients.payload import BATCH_ITEM, STORED
from tests.clients.programs import AIOBOTOCORE, HERE, Program
from tests.local.running_gateway import RunningGateway

KEY = {"header": "x-api-key", "value": API_KEY}
TOKEN = {"header": "authorization", "value": ID_TOKEN}


def test_aiobotocore_passes_with_a_signature_for_execute_api(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    program, request = HERE / "python/aiobotocore_client.py", json.dumps(BATCH_ITEM)
    with standing_before(gateway.url, is_signed_for_execute_api) as url:
        answer = run.json(AIOBOTOCORE, program, app, stdin=request, GATEWAY_URL=url, AUTH="iam")

    assert answer["updated"] == "Accepted"
    assert len(gateway.stored(app)) == 8 * len(STORED)


@pytest.mark.parametrize(
    ("redirect", "auth"), [("wrapper", "cognito"), ("wrapper", "api-key"), ("worker", "api-key")]
)
def test_amplify_passes_with_an_added_header(
    redirect: str, auth: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    admits, added = {"cognito": (has_id_token, TOKEN), "api-key": (has_api_key, KEY)}[auth]

    with standing_before(gateway.url, admits) as url:
        visit = browse("v6", "record", app, redirect, gateway=url, **added)

    assert (visit["complaints"], visit["concluded"]) == ([], {"left": 0})
    assert [event_type for _, _, event_type in gateway.stored(app)] == ["Käufe 🛒"]


@pytest.mark.parametrize("library", ["v5", "v4"])
@pytest.mark.parametrize("redirect", ["wrapper", "worker"])
def test_the_header_comes_along_when_the_page_is_left(
    library: str, redirect: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    """A beacon cannot carry one; what is sent in its place outlives the page too."""
    with standing_before(gateway.url, has_api_key) as url:
        browse(library, "session", app, redirect, gateway=url, **KEY)
        gateway.wait_for(f"POST /v1/apps/{app}/events/legacy +202 +1 accepted")

    assert "_session.stop" in [event_type for _, _, event_type in gateway.stored(app)]
