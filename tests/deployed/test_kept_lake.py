"""Events and endpoints that an earlier deployment left are found again, in a stack of any name."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.deployed.athena import QueryFailedError
from tests.deployed.bodies import EVENT, request
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.deployment import Deployment
from tests.deployed.synthesised import Synthesised

STACK = "Shop-Events"
BASE = f"/v1/apps/{APPLICATION}"
PHONE = {"ChannelType": "EMAIL", "Address": "a@example.com", "User": {"UserId": "u"}}
Run = Callable[..., str]


@pytest.fixture(name="deployment", scope="module")
def _deployment(fresh: StartEmulator) -> Deployment:
    return fresh()


def deploy(deployment: Deployment, **options: Any) -> Lake:
    deployment.deploy(stackName=STACK, applicationIds=APPLICATION, endpointReads="true", **options)
    assert deployment.stack == STACK
    return Lake(deployment)


def ids(lake: Lake) -> list[str | None]:
    rows = lake.athena.query("SELECT event_id FROM recent_events ORDER BY event_id")
    return [row["event_id"] for row in rows]


def left(deployment: Deployment) -> dict[str, str]:
    """The settings by which another deployment finds what this one keeps."""
    outputs = deployment.outputs
    return {
        "existingLakeBucket": outputs["LakeBucket"],
        "existingEndpointTable": outputs["EndpointTable"],
    }


def put_endpoint(lake: Lake, id_: str) -> int:
    return lake.call(f"{BASE}/endpoints/{id_}", json.dumps(PHONE).encode(), "PUT").status


def endpoints_of_user(lake: Lake) -> list[Any]:
    """The ids of the user's endpoints, by the index."""
    return [e["Id"] for e in lake.call(f"{BASE}/users/u", method="GET").json["Item"]]


def test_destroy_and_deploy_finds_the_events_and_endpoints_of_before(
    deployment: Deployment,
) -> None:
    first = deploy(deployment, destination="lake")
    first.put_events(request("phone", {"before": EVENT}))
    assert put_endpoint(first, "old") == 202
    assert ids(first) == ["before"]
    kept = left(deployment)
    s3, dynamodb = (deployment.emulator.client(service) for service in ("s3", "dynamodb"))
    rows = dynamodb.scan(TableName=kept["existingEndpointTable"])["Count"]
    assert rows

    deployment.destroy()

    objects = s3.list_objects_v2(Bucket=first.bucket)["Contents"]
    assert {item["Key"].split("/")[0] for item in objects} == {"events", "athena-results"}
    assert dynamodb.scan(TableName=kept["existingEndpointTable"])["Count"] == rows

    again = deploy(deployment, destination="lake", **kept)

    assert left(deployment) == kept
    assert ids(again) == ["before"]
    assert endpoints_of_user(again) == ["old"]
    again.put_events(request("phone", {"since": EVENT}))
    assert put_endpoint(again, "new") == 202
    assert ids(again) == ["before", "since"]
    assert endpoints_of_user(again) == ["new", "old"]
    assert again.errors() == []


def test_to_another_destination_and_back_finds_them_too(
    deployment: Deployment, pinpoint: Any
) -> None:
    kept = left(deployment)
    deployment.deploy(
        stackName=STACK, applicationIds=APPLICATION, destination="pinpoint",
        pinpointEndpointUrl=pinpoint.url,
    )  # fmt: skip
    assert not {"LakeBucket", "EndpointTable"} & deployment.outputs.keys()

    back = deploy(deployment, destination="lake", **kept)

    assert left(deployment) == kept
    assert ids(back) == ["before", "since"]
    assert endpoints_of_user(back) == ["new", "old"]
    assert back.call(f"{BASE}/endpoints/old", method="DELETE").status == 202
    assert endpoints_of_user(back) == ["new"]


def test_make_views_mends_views_that_athena_does_not_read(deployment: Deployment) -> None:
    lake = Lake(deployment)
    before = lake.athena.query("SELECT * FROM events ORDER BY event_id")
    glue = lake.emulator.client("glue")
    for view in ("events", "recent_events", "pinpoint_events"):
        table = glue.get_table(DatabaseName=lake.athena.database, Name=view)["Table"]
        kept = {n: table[n] for n in ("Name", "TableType", "Parameters", "ViewOriginalText")}
        stale = kept | {"StorageDescriptor": {"Columns": [{"Name": "event_id", "Type": "string"}]}}
        glue.update_table(DatabaseName=lake.athena.database, TableInput=stale)
        with pytest.raises(QueryFailedError, match="stale"):
            lake.athena.query(f"SELECT * FROM {view}")

    printed = deployment.command("views", f"--stack={STACK}")

    assert printed.splitlines() == [
        f"Athena has created {lake.athena.database}.{view}"
        for view in ("events", "recent_events", "pinpoint_events")
    ]
    assert lake.athena.query("SELECT * FROM events ORDER BY event_id") == before
    assert ids(lake) == ["before", "since"]


def test_two_stacks_of_one_account_keep_to_themselves(deployment: Deployment) -> None:
    first, other = Lake(deployment), Synthesised(deployment.emulator)
    # Like the first in all but capitals, which Glue does not tell apart, and a word more.
    for name in (STACK.lower(), f"{STACK}-eu"):
        other.deploy(stackName=name, applicationIds=APPLICATION, destination="lake")
        lake = Lake(other)
        answer = lake.put_events(request("phone", {f"of {name}": EVENT}))

        assert answer.status == 202
        assert ids(lake) == [f"of {name}"]
    assert ids(first) == ["before", "since"]
