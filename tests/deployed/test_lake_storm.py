"""The same storm over a lake, whose books are its own tables: no event is lost in it."""

import os
import secrets
from collections import Counter
from pathlib import Path

import pytest

from tests.deployed.conftest import Make, StartEmulator
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.storm import Storm
from tests.deployed.weather import LakeWeather

# A third of the other storm's: Firehose writes a file for each record here.
EVENTS = max(2_000, int(os.environ.get("EMULATED_EVENTS", 2_000)) // 3)
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))


@pytest.fixture(name="gateway", scope="module")
def _gateway(fresh: StartEmulator) -> Lake:
    """In the place of the stack that the other tests share."""
    deployment = fresh()
    deployment.deploy(destination="lake", applicationIds=APPLICATION, retryDelaySeconds=1)
    return Lake(deployment)


@pytest.mark.timeout(900)  # on a busy machine
def test_what_is_sent_through_a_storm_is_in_the_tables_or_waiting(
    gateway: Lake,
    impatient: None,
    restless: None,
    endpoint_id: str,
    make: Make,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    storm = Storm(gateway, LakeWeather(gateway.faults), SEED)

    redriven, bodies = storm.ride_out(endpoint_id, EVENTS, make, tmp_path)

    rows = gateway.athena.query(
        "SELECT application_id, client.client_id AS endpoint, event_id, count(*) AS copies"
        " FROM raw_events GROUP BY 1, 2, 3"
    )
    stored = Counter(
        {
            (str(row["application_id"]), str(row["endpoint"]), str(row["event_id"])): int(
                row["copies"] or 0
            )
            for row in rows
        }
    )
    with capsys.disabled():
        storm.tell("lake", SEED, redriven, storm.ledger.balance(stored, bodies))
    assert gateway.errors() == []
    [once] = gateway.athena.query("SELECT count(*) AS events FROM events")
    assert once == {"events": str(len(stored))}
    [rejected] = gateway.athena.query(
        "SELECT count(DISTINCT endpoint_id || event_id) AS events FROM rejected_events"
    )
    # Kept when it can be: the client has its 400 in any case.
    assert 0 < int(rejected["events"] or 0) <= len(storm.ledger.told) - len(stored)
