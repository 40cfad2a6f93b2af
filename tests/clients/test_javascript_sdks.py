"""@aws-sdk/client-pinpoint and aws-sdk v2 under Node, told of the gateway by `endpoint`."""

import json

import pytest

from tests.clients.payload import ALL_ACCEPTED, BATCH_ITEM, EVENT, STORED
from tests.clients.programs import HERE, NODE, Program
from tests.local.running_gateway import RunningGateway

CONCLUDED = {
    "put": ALL_ACCEPTED,
    "updated": "Accepted",
    "found": "NONE",
    "attempts": [1, 1, 1, 1],
    "refused": ["NotFoundException", "Endpoint not found."],
}


@pytest.mark.parametrize("sdk", ["sdk-v3", "sdk-v2"])
def test_all_is_accepted_at_the_first_attempt(
    sdk: str, run: Program, app: str, gateway: RunningGateway
) -> None:
    program = HERE / f"javascript/{sdk}.mjs"

    assert run.json(NODE, program, app, stdin=json.dumps(BATCH_ITEM)) == CONCLUDED
    assert sorted(gateway.stored(app)) == STORED
    [(stored,)] = gateway.rows(
        "SELECT event FROM events WHERE application_id = ? AND endpoint_id = 'endpoint-2'", app
    )
    assert json.loads(stored) == EVENT


def test_version_3_finds_the_gateway_by_its_environment(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    program = HERE / "javascript/sdk-v3.mjs"
    environment = {"GATEWAY_URL": "", "AWS_ENDPOINT_URL_PINPOINT": gateway.url}

    concluded = run.json(NODE, program, app, stdin=json.dumps(BATCH_ITEM), **environment)

    assert concluded == CONCLUDED
    assert sorted(gateway.stored(app)) == STORED


def test_amplify_on_a_server_is_sent_to_the_gateway_by_the_fetch_wrapper(
    run: Program, app: str, gateway: RunningGateway
) -> None:
    status, output, _ = run(NODE, HERE / "javascript/amplify-v6.mjs", app)

    assert (status, json.loads(output)) == (0, {"posted": 202})
    [(endpoint_id, _, event_type)] = gateway.stored(app)
    assert event_type == "tap"
    [endpoint] = gateway.endpoints(app)
    assert (endpoint["Id"], endpoint["User"]["UserId"]) == (endpoint_id, "user-1")
