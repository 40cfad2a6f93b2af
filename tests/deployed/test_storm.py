"""Events sent over HTTP into the deployed stack while its parts are being killed: none is lost.

It comes last: what the emulator writes of killed functions into their logs is no JSON of ours.
"""

import json
import os
import secrets
from pathlib import Path

import pytest

from tests.deployed.conftest import Make
from tests.deployed.eventually import eventually
from tests.deployed.gateway import Gateway
from tests.deployed.storm import EVENTS_A_REQUEST, Storm
from tests.deployed.upstream import Upstream

EVENTS = int(os.environ.get("EMULATED_EVENTS", 2_000))
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
SECONDS = 300.0


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
    storm, file = Storm(gateway, upstream, SEED), tmp_path / "dead.jsonl"

    storm.rage(endpoint_id, EVENTS // EVENTS_A_REQUEST)
    storm.calm()
    eventually(lambda: gateway.waiting() == 0, SECONDS)
    redriven = make("infra.redrive").rpartition(": ")[2].strip()
    eventually(lambda: gateway.waiting() == 0, SECONDS)

    make("infra.dead_letters", f"--export={file}")
    bodies = [json.loads(line)["Body"] for line in file.read_text().splitlines()]
    balance = storm.ledger.balance(upstream.accepted, bodies)
    with capsys.disabled():
        faults = f"faults={len(storm.happened)} killed={storm.killed} redriven={redriven}"
        print(f"\n  emulated: SEED={SEED} EMULATED_EVENTS={EVENTS} {faults} {balance}")
    assert storm.killed
    assert balance.sent == balance.stored + balance.rejected + balance.waiting
    assert balance.lost == balance.kept == balance.again == balance.refused == 0
