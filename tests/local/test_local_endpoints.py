"""Endpoints on the local store when the disk fails it, and the endpoint calls of the clients."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.errors import DestinationError
from putevents.time_left import TimeLeft
from putevents.wire.schemas import PublicEndpoint, ValidBatch
from tests.local.running_gateway import RunningGateway
from tests.unit.doors import ARRIVAL

APP = "app"


@pytest.fixture(name="destination")
def _destination(tmp_path: Path) -> Iterator[LocalDestination]:
    database = Database(tmp_path / FILE, busy_seconds=0.1)
    yield LocalDestination(database)
    database.close()


def update(destination: LocalDestination, endpoint_id: str, **members: Any) -> int:
    """Update an endpoint; the status of the answer, 0 without one."""
    endpoint = PublicEndpoint.model_validate(members)
    batch_item = {endpoint_id: ValidBatch(endpoint, {})}
    answers = destination.deliver(APP, batch_item, {endpoint_id: ARRIVAL}, TimeLeft())
    return answers[endpoint_id]["EndpointItemResponse"]["StatusCode"] if answers else 0


def user_of(destination: LocalDestination, endpoint_id: str) -> dict[str, Any] | None:
    found = destination.get_endpoint(APP, endpoint_id)
    assert found
    return found.get("User")


def user(user_id: str, **attributes: list[str]) -> dict[str, Any]:
    return {"UserId": user_id, "UserAttributes": attributes}


def test_an_update_that_fails_half_way_changes_nothing(
    destination: LocalDestination, tmp_path: Path
) -> None:
    update(destination, "phone", User=user("u", colour=["red"]))
    with closing(sqlite3.connect(tmp_path / FILE)) as other, other:
        other.execute(
            "CREATE TRIGGER bad_sector BEFORE INSERT ON endpoint_items"
            " BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
        )

    assert update(destination, "tablet", User=user("u", colour=["blue"])) == 500
    assert user_of(destination, "phone") == user("u", colour=["red"])


def test_a_store_that_cannot_be_reached_is_said_so(
    destination: LocalDestination, tmp_path: Path
) -> None:
    update(destination, "e", OptOut="NONE")
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert update(destination, "e", OptOut="ALL") == 0
        with pytest.raises(DestinationError):
            destination.get_endpoint(APP, "e")


def test_boto3_updates_gets_and_deletes_an_endpoint(gateway: RunningGateway) -> None:
    client = boto3.client(
        "pinpoint",
        endpoint_url=gateway.url,
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    key = {"ApplicationId": "endpoints", "EndpointId": "my device"}
    with closing(client):
        updated = client.update_endpoint(
            **key, EndpointRequest={"ChannelType": "SMS", "Address": "+1555", "User": user("u")}
        )
        found = client.get_endpoint(**key)["EndpointResponse"]
        of_user = client.get_user_endpoints(ApplicationId="endpoints", UserId="u")
        deleted = client.delete_endpoint(**key)["EndpointResponse"]

        assert updated["MessageBody"]["Message"] == "Accepted"
        assert (found["Id"], found["Address"], found["OptOut"]) == ("my device", "+1555", "ALL")
        assert of_user["EndpointsResponse"]["Item"] == [found]
        assert deleted == found
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_endpoint(**key)
