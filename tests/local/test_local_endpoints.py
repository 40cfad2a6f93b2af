"""Endpoints of one user, and the endpoint calls of the clients, on the local store."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.database import FILE, Database
from local.store import LocalDestination
from putevents.destinations import DestinationError
from putevents.schemas import PublicEndpoint
from tests.local.running_gateway import RunningGateway
from tests.unit.doors import ARRIVAL

APP = "app"


@pytest.fixture(name="destination")
def _destination(tmp_path: Path) -> Iterator[LocalDestination]:
    database = Database(tmp_path / FILE, busy_seconds=0.1)
    yield LocalDestination(database)
    database.close()


def update(destination: LocalDestination, endpoint_id: str, **members: Any) -> int:
    """Update an endpoint; the status of the answer."""
    endpoint = PublicEndpoint.model_validate(members)
    answer = destination.update_endpoint(APP, endpoint_id, endpoint, ARRIVAL)
    return answer["StatusCode"] if answer else 0


def user_of(destination: LocalDestination, endpoint_id: str) -> dict[str, Any] | None:
    found = destination.get_endpoint(APP, endpoint_id)
    assert found
    return found.get("User")


def user(user_id: str, **attributes: list[str]) -> dict[str, Any]:
    return {"UserId": user_id, "UserAttributes": attributes}


def test_an_endpoint_is_shown_with_its_ids(destination: LocalDestination) -> None:
    update(destination, "e", Address="a", ChannelType="SMS")

    found: Any = destination.get_endpoint(APP, "e")
    assert found["ApplicationId"] == APP
    assert found["Id"] == "e"
    assert found["Address"] == "a"
    assert destination.get_endpoint("other app", "e") is None
    assert destination.get_endpoint(APP, "E") is None


def test_a_deleted_endpoint_is_told_once_and_gone(destination: LocalDestination) -> None:
    update(destination, "e", Address="a", ChannelType="SMS")
    before = destination.get_endpoint(APP, "e")

    assert destination.delete_endpoint(APP, "e") == before
    assert destination.delete_endpoint(APP, "e") is None


def test_the_endpoints_of_a_user_are_told_and_deleted_together(
    destination: LocalDestination,
) -> None:
    for endpoint_id, user_id in (("1", "u"), ("2", "other"), ("3", "u")):
        update(destination, endpoint_id, User=user(user_id))

    assert [e["Id"] for e in destination.get_user_endpoints(APP, "u")] == ["1", "3"]
    assert [e["Id"] for e in destination.delete_user_endpoints(APP, "u")] == ["1", "3"]
    assert destination.get_user_endpoints(APP, "u") == []
    assert destination.get_endpoint(APP, "2")


def test_user_attributes_are_those_of_all_endpoints_of_the_user(
    destination: LocalDestination,
) -> None:
    update(destination, "phone", User=user("u", colour=["red"], size=["m"]))
    update(destination, "tablet", User=user("u", colour=["blue"]))
    update(destination, "stranger", User=user("other", colour=["green"]))

    expected = user("u", colour=["blue"], size=["m"])
    assert user_of(destination, "phone") == expected
    assert user_of(destination, "tablet") == expected
    assert user_of(destination, "stranger") == user("other", colour=["green"])


def test_a_device_that_changes_hands_leaves_the_former_users_attributes(
    destination: LocalDestination,
) -> None:
    update(destination, "tablet", User=user("second", size=["l"]))
    update(destination, "phone", User=user("first", secret=["yes"]))
    update(destination, "phone", User={"UserId": "second"})

    assert user_of(destination, "phone") == user("second", size=["l"])


def test_what_was_known_before_signing_in_comes_along(destination: LocalDestination) -> None:
    update(destination, "phone", User={"UserAttributes": {"theme": ["dark"]}})
    update(destination, "phone", User={"UserId": "u"})

    assert user_of(destination, "phone") == user("u", theme=["dark"])


def test_a_user_has_at_most_fifteen_endpoints(destination: LocalDestination) -> None:
    statuses = [
        update(destination, str(n), ChannelType="EMAIL", User=user("u", n=[str(n)]))
        for n in range(16)
    ]

    assert statuses == [202] * 15 + [400]
    assert destination.get_endpoint(APP, "15") is None
    assert user_of(destination, "0") == user("u", n=["14"])
    assert update(destination, "3", User={"UserId": "u"}) == 202


def test_a_users_sixteenth_device_replaces_the_oldest(destination: LocalDestination) -> None:
    for n in range(15):
        update(
            destination,
            str(n),
            ChannelType="APNS" if n in (4, 7) else "EMAIL",
            EffectiveDate=f"2026-01-{30 - n}T00:00:00Z",
            User={"UserId": "u"},
        )
    status = update(destination, "new", ChannelType="GCM", User={"UserId": "u"})

    replaced: Any = destination.get_endpoint(APP, "7")
    assert status == 202
    assert (replaced["EndpointStatus"], replaced.get("User")) == ("INACTIVE", None)
    assert {e["Id"] for e in destination.get_user_endpoints(APP, "u")} == (
        {str(n) for n in range(15)} - {"7"} | {"new"}
    )


def test_a_device_is_refused_when_there_is_none_to_replace(destination: LocalDestination) -> None:
    for n in range(15):
        update(destination, str(n), ChannelType="EMAIL", User={"UserId": "u"})

    assert update(destination, "new", ChannelType="GCM", User={"UserId": "u"}) == 400


def test_an_update_that_fails_half_way_changes_nothing(
    destination: LocalDestination, tmp_path: Path
) -> None:
    update(destination, "phone", User=user("u", colour=["red"]))
    with closing(sqlite3.connect(tmp_path / FILE)) as other, other:
        other.execute(
            "CREATE TRIGGER bad_sector BEFORE INSERT ON endpoints"
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
