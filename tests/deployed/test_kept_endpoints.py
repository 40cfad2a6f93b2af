"""A table that outlived its stack, or its stack's time as a lake, is found again."""

import json
from typing import Any

from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_lake import Lake
from tests.deployed.deployment import Deployment

APPLICATION = "kept-app"
BASE = f"/v1/apps/{APPLICATION}"
PHONE = {"ChannelType": "EMAIL", "Address": "a@example.com", "User": {"UserId": "u"}}


def test_endpoints_are_found_after_another_destination_and_after_destroy(
    fresh: StartEmulator,
) -> None:
    deployment = fresh()
    table = deploy(deployment, destination="lake")
    assert put(Lake(deployment), "old") == 202

    deployment.deploy(
        applicationIds=APPLICATION,
        destination="pinpoint",
        pinpointEndpointUrl="http://127.0.0.1:9",  # nobody calls it
    )
    assert "EndpointTable" not in deployment.outputs

    assert deploy(deployment, destination="lake", existingEndpointTable=table) == table
    assert put(Lake(deployment), "new") == 202
    assert ids_of_user(Lake(deployment)) == ["new", "old"]

    deployment.destroy()
    assert deploy(deployment, destination="lake", existingEndpointTable=table) == table
    lake = Lake(deployment)
    assert ids_of_user(lake) == ["new", "old"]
    assert lake.call(f"{BASE}/endpoints/old", method="DELETE").status == 202
    assert ids_of_user(lake) == ["new"]


def deploy(deployment: Deployment, **options: str) -> str:
    """Deploy with the options; the name of the endpoint table."""
    deployment.deploy(applicationIds=APPLICATION, endpointReads="true", **options)
    return str(deployment.outputs["EndpointTable"])


def put(lake: Lake, id_: str) -> int:
    return lake.call(f"{BASE}/endpoints/{id_}", json.dumps(PHONE).encode(), "PUT").status


def ids_of_user(lake: Lake) -> list[Any]:
    """The ids of the user's endpoints, by the index."""
    return [e["Id"] for e in lake.call(f"{BASE}/users/u", method="GET").json["Item"]]
