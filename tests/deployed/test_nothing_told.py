"""What the deployed functions are sent is in no log, metric, trace or list of dead letters."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.deployed import logs
from tests.deployed.bodies import message
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.deployed_lake import Lake
from tests.deployed.emulator import ROOT
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import Upstream, fail
from tests.deployed.traces import TraceListener
from tests.marked import (
    HEADERS,
    MARK,
    bad_requests,
    endpoint_request,
    events_request,
    found_in,
    told_in_logs,
)

# Of these a signature has its own, and would be wrong with others.
SIGNED = ("Authorization", "X-Amz-Security-Token")
UNSIGNED = {name: value for name, value in HEADERS.items() if name not in SIGNED}
PARTS = 6  # of the requests with one wrong member, each sixth: the laptop's test sends them all


def send_all(gateway: Gateway, application_id: str = APPLICATION) -> dict[str, Any]:
    """Send every kind of request with a marked secret wherever one can be; what was answered."""
    app = f"/v1/apps/{application_id}"
    body = json.dumps(endpoint_request()).encode()
    for sent in list(bad_requests())[::PARTS]:
        gateway.put_events(sent, application_id, headers=UNSIGNED)
    gateway.call(f"{app}/endpoints/{MARK}-id", body, "PUT", UNSIGNED)
    gateway.call(f"{app}/users/{MARK}-id", b"", "GET", UNSIGNED)
    gateway.call(f"/{MARK}?{MARK}={MARK}", b"", "GET", UNSIGNED)
    answer: dict[str, Any] = gateway.put_events(
        events_request(), application_id, headers=UNSIGNED
    ).json
    return answer


def dead_letters(gateway: Gateway) -> str:
    """What `make dead-letters` prints."""
    return subprocess.run(
        [sys.executable, "-m", "commands", "dead-letters", f"--stack={gateway.deployment.stack}"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **gateway.deployment.emulator.environment()},
        check=True,
        text=True,
        timeout=60,
        stdout=subprocess.PIPE,
    ).stdout


def test_a_secret_in_any_field_or_header_is_in_no_log_or_metric_of_the_lake(
    deployed_lake: Lake,
) -> None:
    lake = deployed_lake

    answer = send_all(lake)

    [results] = answer["Results"].values()
    assert [item["StatusCode"] for item in results["EventsItemResponse"].values()] == [202]
    written = logs.lines(lake.deployment)
    assert any('"EventsAccepted"' in line for line in written)
    assert told_in_logs(written) == []


def test_a_secret_in_a_dead_letter_is_not_in_the_list_of_them(gateway: Gateway) -> None:
    bad = {"BatchItem": {f"{MARK}-id-key": {"Endpoint": {}, "Events": {MARK: MARK}}}}

    gateway.produce(message(APPLICATION, bad))
    gateway.produce(f"{MARK} is no JSON")
    letters = eventually(lambda: found if len(found := gateway.dead_letters()) == 2 else [])

    assert [MARK in str(letter["Body"]) for letter in letters] == [True, True]
    listing = dead_letters(gateway)
    assert "Dead letters: 2" in listing
    assert found_in(listing) == []


@pytest.mark.parametrize("well", [True, False])
def test_a_secret_in_any_field_or_header_is_in_no_trace(
    gateway: Gateway,
    traces: TraceListener,
    upstream: Upstream,
    application_id: str,
    well: bool,
) -> None:
    if not well:
        upstream.behaviour = fail(500, "InternalServerErrorException")

    send_all(gateway, application_id)
    upstream.recover()

    eventually(lambda: any(upstream.accepted) and gateway.waiting() == 0)
    mine = [p for p in traces.named("validate") if application_id in str(p.get("annotations"))]
    assert mine
    assert found_in(traces.text()) == []
    assert told_in_logs(logs.lines(gateway.deployment)) == []
