"""What a lake of an earlier deployment left is found again, under a stack's name of one's own."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.deployed.athena import QueryFailedError
from tests.deployed.bodies import EVENT, request
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.deployment import Deployment

STACK = "Shop-Events"
Run = Callable[..., str]


@pytest.fixture(name="deployment", scope="module")
def _deployment(fresh: StartEmulator) -> Deployment:
    return fresh()


def deploy(deployment: Deployment, **options: Any) -> Lake:
    deployment.deploy(stackName=STACK, applicationIds=APPLICATION, **options)
    assert deployment.stack == STACK
    return Lake(deployment)


def ids(lake: Lake) -> list[str | None]:
    rows = lake.athena.query("SELECT event_id FROM recent_events ORDER BY event_id")
    return [row["event_id"] for row in rows]


def test_destroy_and_deploy_finds_the_events_of_before(deployment: Deployment) -> None:
    first = deploy(deployment, destination="lake")
    first.put_events(request("phone", {"before": EVENT}))
    assert ids(first) == ["before"]

    deployment.destroy()
    again = deploy(deployment, destination="lake", existingLakeBucket=first.bucket)

    assert again.bucket == first.bucket
    assert ids(again) == ["before"]
    again.put_events(request("phone", {"since": EVENT}))
    assert ids(again) == ["before", "since"]
    assert again.errors() == []


def test_to_another_destination_and_back_finds_them_too(
    deployment: Deployment, pinpoint: Any
) -> None:
    lake = Lake(deployment)
    bucket = lake.bucket
    deployment.deploy(
        stackName=STACK, applicationIds=APPLICATION, destination="pinpoint",
        pinpointEndpointUrl=pinpoint.url,
    )  # fmt: skip
    assert "LakeBucket" not in deployment.outputs

    back = deploy(deployment, destination="lake", existingLakeBucket=bucket)

    assert ids(back) == ["before", "since"]


def test_make_views_mends_views_that_athena_does_not_read(deployment: Deployment) -> None:
    lake = Lake(deployment)
    before = lake.athena.query("SELECT * FROM events ORDER BY event_id")
    glue = lake.emulator.client("glue")
    for view in ("events", "recent_events"):
        table = glue.get_table(DatabaseName=lake.athena.database, Name=view)["Table"]
        kept = {n: table[n] for n in ("Name", "TableType", "Parameters", "ViewOriginalText")}
        stale = kept | {"StorageDescriptor": {"Columns": [{"Name": "event_id", "Type": "string"}]}}
        glue.update_table(DatabaseName=lake.athena.database, TableInput=stale)
        with pytest.raises(QueryFailedError, match="stale"):
            lake.athena.query(f"SELECT * FROM {view}")

    printed = deployment.command("views", f"--stack={STACK}")

    assert printed.splitlines() == [
        f"Athena has created {lake.athena.database}.{view}" for view in ("events", "recent_events")
    ]
    assert lake.athena.query("SELECT * FROM events ORDER BY event_id") == before
    assert ids(lake) == ["before", "since"]


def test_two_stacks_of_one_account_keep_to_themselves(deployment: Deployment) -> None:
    first, other = Lake(deployment), Deployment(deployment.emulator)
    # Like the first in all but capitals, which Glue does not tell apart, and a word more.
    for name in (STACK.lower(), f"{STACK}-eu"):
        other.deploy(stackName=name, applicationIds=APPLICATION, destination="lake")
        lake = Lake(other)
        answer = lake.put_events(request("phone", {f"of {name}": EVENT}))

        assert answer.status == 202
        assert ids(lake) == [f"of {name}"]
    assert ids(first) == ["before", "since"]
