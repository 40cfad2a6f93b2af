"""Requests of real clients to the letter, recorded on their way to Pinpoint."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.changing_stack import CAPTURED, ChangingStack
from tests.deployed.deployed_gateway import Answer, send
from tests.deployed.deployment import Deployment
from tests.deployed.emulator import ROOT
from tests.deployed.putevents_server import Upstream

CAPTURES = ROOT / "tests/events/captures"
POSTS = sorted(CAPTURES.glob("*-post-events*.json"))
PREFLIGHTS = sorted(CAPTURES.glob("*-options-events.json"))


@pytest.fixture(name="open_gateway")
def _open_gateway(changing: ChangingStack) -> Deployment:
    """The clients sign for Pinpoint, which nobody else can check, so here all may call."""
    return changing.deploy(auth="none", corsOrigins="*")


@pytest.mark.parametrize("file", POSTS, ids=lambda file: file.stem)
def test_a_recorded_request_is_accepted_and_forwarded(
    open_gateway: Deployment, upstream: Upstream, file: Path
) -> None:
    recorded = json.loads(file.read_text())

    answer = _replay(open_gateway, recorded)

    assert answer.status == 202
    assert set(answer.items.values()) == {(202, "Accepted")}
    sent = json.loads(recorded["body"])["BatchItem"]
    assert answer.json["Results"].keys() == sent.keys()
    assert upstream.events() == {
        (CAPTURED, endpoint_id, event_id): event
        for endpoint_id, batch in sent.items()
        for event_id, event in batch["Events"].items()
    }


@pytest.mark.parametrize("file", PREFLIGHTS, ids=lambda file: file.stem)
def test_a_recorded_preflight_is_allowed_all_that_it_asks_for(
    open_gateway: Deployment, file: Path
) -> None:
    recorded = json.loads(file.read_text())
    headers = {name.lower(): value for name, value in recorded["headers"].items()}

    answer = _replay(open_gateway, recorded)

    assert answer.status in (200, 204)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        headers["access-control-request-method"] in answer.headers["Access-Control-Allow-Methods"]
    )
    asked = headers["access-control-request-headers"].split(",")
    allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(",")
    assert {name.strip() for name in asked} <= {name.strip() for name in allowed}


def _replay(deployment: Deployment, recorded: dict[str, Any]) -> Answer:
    """Send it as it was, but for the host, and the length, since two bodies were mended."""
    headers = {
        name: value
        for name, value in recorded["headers"].items()
        if name.lower() not in ("host", "content-length")
    }
    body = (recorded["body"] or "").encode()
    return send(deployment.api + recorded["path"], body, recorded["method"], headers)
