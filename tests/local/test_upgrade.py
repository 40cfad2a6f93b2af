"""A file in which an earlier version stored endpoints as JSON documents."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint, ValidBatch

OLD_SCHEMA = """
CREATE TABLE endpoints (
    application_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    address TEXT AS (json_extract(endpoint, '$.Address')),
    user_id TEXT AS (json_extract(endpoint, '$.User.UserId')),
    PRIMARY KEY (application_id, endpoint_id)
);
CREATE INDEX endpoints_by_address ON endpoints (application_id, address);
CREATE INDEX endpoints_by_user ON endpoints (application_id, user_id);
"""
NEW = {
    "CohortId": "100",  # of none: it is computed now
    "CreationDate": "2025-11-25T07:00:00.123Z",
    "EndpointStatus": "ACTIVE",
    "OptOut": "ALL",
}
USER = {"UserId": "u", "UserAttributes": {"plan": ["pro"]}}
PHONE = {
    **NEW,
    "EndpointStatus": "INACTIVE",
    "ChannelType": "GCM",
    "Address": "token",
    "Attributes": {"a.b": ["1"], "gone": []},
    "Demographic": {"Make": "apple"},
    "Location": {"Latitude": 47.6, "City": ""},
    "Metrics": {"m": 7.25},
    "User": USER,
}
TABLET = {**NEW, "ChannelType": "GCM", "Address": "token", "User": USER}
GUEST = {**NEW, "User": {"UserId": "", "UserAttributes": {"theme": ["dark"]}}}


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    documents = {"phone": PHONE, "tablet": TABLET, "guest": GUEST, "new": NEW}
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(OLD_SCHEMA)
        for id_, document in documents.items():
            row = ("app", id_, json.dumps(document))
            connection.execute("INSERT INTO endpoints VALUES (?, ?, ?)", row)
    return path


@pytest.fixture(name="destination")
def _destination(path: Path) -> Iterator[LocalDestination]:
    database = Database(path)
    yield LocalDestination(database)
    database.close()


def found(destination: LocalDestination, id_: str) -> Any:
    """A stored endpoint without its ids."""
    endpoint: Any = destination.get_endpoint("app", id_)
    return {n: v for n, v in endpoint.items() if n not in ("ApplicationId", "Id", "CohortId")}


def without_cohort(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "CohortId"}


def update(destination: LocalDestination, id_: str, timestamp: int, **members: Any) -> None:
    batch = {id_: ValidBatch(PublicEndpoint.model_validate(members), {})}
    answers = destination.deliver("app", batch, {id_: Arrival("r", timestamp)}, TimeLeft())
    assert answers[id_]["EndpointItemResponse"]["StatusCode"] == 202


def test_its_endpoints_are_brought_along(destination: LocalDestination) -> None:
    assert found(destination, "phone") == without_cohort(PHONE)
    assert found(destination, "tablet") == without_cohort(TABLET)
    assert found(destination, "new") == without_cohort(NEW)
    guest = {"User": {"UserAttributes": {"theme": ["dark"]}}}
    assert found(destination, "guest") == {**without_cohort(NEW), **guest}
    of_user = destination.get_user_endpoints("app", "u")
    assert [endpoint["Id"] for endpoint in of_user] == ["phone", "tablet"]


def test_any_update_is_newer(destination: LocalDestination) -> None:
    update(destination, "phone", 1, OptOut="NONE", User={"UserAttributes": {"plan": ["free"]}})
    assert found(destination, "phone")["OptOut"] == "NONE"
    assert found(destination, "tablet")["User"] == {**USER, "UserAttributes": {"plan": ["free"]}}
    assert found(destination, "phone")["EndpointStatus"] == "ACTIVE"
    assert found(destination, "tablet")["EndpointStatus"] == "INACTIVE"


def test_they_are_brought_along_once(destination: LocalDestination, path: Path) -> None:
    update(destination, "phone", 1_764_054_000_000, OptOut="NONE")
    database = Database(path)
    again = LocalDestination(database)
    assert found(again, "phone")["OptOut"] == "NONE"
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
    assert "endpoints" not in tables


def test_what_fails_half_way_is_undone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        row = ("app", "broken", json.dumps({**NEW, "CreationDate": "no date"}))
        connection.execute("INSERT INTO endpoints VALUES (?, ?, ?)", row)
    database = Database(path)
    with pytest.raises(ValueError, match="no date"), database.transaction():
        pass
    database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM endpoints").fetchone() == (5,)
        assert connection.execute("SELECT count(*) FROM endpoint_items").fetchone() == (0,)
