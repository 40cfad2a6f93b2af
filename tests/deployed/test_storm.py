"""Events sent over HTTP into the deployed stack while its parts are being killed: none is lost."""

import os
import secrets
from pathlib import Path

import pytest

from tests.deployed.conftest import Make, StartEmulator
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.putevents_server import Upstream
from tests.deployed.storm import Storm
from tests.deployed.weather import PinpointWeather

EVENTS = int(os.environ.get("EMULATED_EVENTS", 2_000))
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))


@pytest.fixture(name="gateway", scope="module")
def _gateway(fresh: StartEmulator, pinpoint: Upstream) -> Gateway:
    """A stack of the storm's own: what a killed function leaves in a log concerns no other test."""
    deployment = fresh()
    deployment.deploy(
        applicationIds=APPLICATION,
        destination="pinpoint",
        pinpointEndpointUrl=pinpoint.url,
        retryDelaySeconds=1,
    )
    return Gateway(deployment)


@pytest.mark.timeout(900)  # on a busy machine
def test_what_is_sent_through_a_storm_is_stored_refused_or_waiting(
    gateway: Gateway,
    upstream: Upstream,
    impatient: None,
    restless: None,
    endpoint_id: str,
    make: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    weather = PinpointWeather(upstream, lambda: storm.kill_workers())
    storm = Storm(gateway, weather, SEED)

    redriven, bodies = storm.ride_out(endpoint_id, EVENTS, make, tmp_path)

    balance = storm.ledger.balance(upstream.accepted, bodies)
    with capsys.disabled():
        storm.tell("emulated", SEED, redriven, balance)
