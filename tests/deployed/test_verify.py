"""`make verify` follows an event through a deployed lake, and tells what does not work."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.deployed.aws_faults import firehose_down
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.emulator import ROOT

# What MiniStack does not have: log lines of cold starts. The settings lack SnapStart and an e-mail.
NOT_HERE = {"cold start", "SnapStart", "alarm mail"}


@dataclass(frozen=True)
class Verified:
    """How the command ended, and each row of its table by name."""

    status: int
    ended: dict[str, str]
    seen: dict[str, str]
    complaints: str


@pytest.fixture(name="lake")
def _lake(deployed_lake: Lake) -> Lake:
    """The deployed lake, whose metrics are made here: MiniStack makes none of log lines."""
    dimensions = {"application": APPLICATION, "service": deployed_lake.deployment.stack}
    deployed_lake.emulator.client("cloudwatch").put_metric_data(
        Namespace="PutEventsGateway",
        MetricData=[
            {
                "MetricName": "EventsAccepted",
                "Dimensions": [{"Name": n, "Value": v} for n, v in dimensions.items()],
                "Value": 1,
            }
        ],
    )
    return deployed_lake


def test_a_stack_that_works_passes_every_check(lake: Lake) -> None:
    verified = verify(lake, "--wait=60", "--large")

    assert {name for name, how in verified.ended.items() if how == "not run"} == NOT_HERE
    assert {n: verified.seen[n] for n, how in verified.ended.items() if how == "FAILED"} == {}
    assert verified.status == 0
    assert verified.seen["views"] == "once in each of events, recent_events, pinpoint_events"
    assert verified.seen["403"].startswith("403 ")
    assert "Waiting for the event in events, at most 60 s" in verified.complaints


def test_events_that_do_not_arrive_are_told(lake: Lake) -> None:
    with lake.faults.during(firehose_down()):
        verified = verify(lake, "--wait=0")

    assert verified.status == 1
    assert verified.ended["event"] == "ok"  # the queue has it
    assert verified.ended["views"] == verified.ended["partitions"] == "FAILED"
    assert verified.seen["views"] == "events has the event 0 times"


def test_a_caller_without_permission_is_told_and_the_rest_is_checked(lake: Lake) -> None:
    verified = verify(lake, "--wait=0", "--auth=none")

    assert verified.status == 1
    assert verified.ended["event"] == "FAILED"
    assert verified.seen["event"].startswith("HTTP 403 ")
    assert "auth=iam, and this is --auth none" in verified.complaints.splitlines()[0]
    for name in ("latency", "metrics", "views", "case of keys", "partitions"):
        assert verified.seen[name] == "the event was not accepted"
    assert verified.ended["403"] == "not run"
    assert verified.ended["streams"] == verified.ended["alarms"] == "ok"


def test_a_stack_that_is_not_there_is_one_sentence(lake: Lake) -> None:
    verified = verify(lake, "--stack=NoSuchStack")

    assert verified.status == 3
    assert verified.ended == {}
    assert "NoSuchStack" in verified.complaints
    assert "Traceback" not in verified.complaints


def verify(lake: Lake, *options: str) -> Verified:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "verify", f"--url={lake.deployment.api}", *options],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **lake.emulator.environment()},
        check=False,
        text=True,
        capture_output=True,
        timeout=300,
    )
    rows = [line.split(" | ") for line in done.stdout.splitlines()[2:]]
    cells = [[cell.strip() for cell in row] for row in rows]
    return Verified(
        done.returncode,
        {name: how for name, how, *_ in cells},
        {name: " | ".join(seen) for name, _, *seen in cells},
        done.stderr,
    )
