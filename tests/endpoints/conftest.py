"""Both stores of endpoints: DynamoDB of an emulated AWS, and SQLite."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from local.database import FILE, SCHEMA, Database
from local.endpoint_items import SqliteItems
from local.sqlite_destination import LocalDestination
from putevents.endpoints.table import EndpointTable
from tests.endpoints.application import Endpoints

# The lake's fixtures, among them `endpoints`: the rules over DynamoDB.
from tests.lake.conftest import _app, _aws, _endpoints, _lake, _table

__all__ = ["_app", "_aws", "_endpoints", "_lake", "_table"]


@pytest.fixture(name="local")
def _local(tmp_path: Path) -> Iterator[LocalDestination]:
    database = Database(tmp_path / FILE)
    yield LocalDestination(database)
    database.close()


@pytest.fixture(name="sqlite")
def _sqlite() -> Iterator[EndpointTable]:
    """The rules over SQLite."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        yield EndpointTable(SqliteItems(connection))


@pytest.fixture(name="either", params=["endpoints", "sqlite"])
def _either(request: pytest.FixtureRequest) -> EndpointTable:
    """The rules over one of the stores."""
    table: EndpointTable = request.getfixturevalue(request.param)
    return table


@pytest.fixture(name="application", params=["lake", "local"])
def _application(request: pytest.FixtureRequest) -> Callable[[str], Endpoints]:
    """The endpoints of an application at one of the destinations, by the application's id."""
    destination = request.getfixturevalue(request.param)
    return lambda application_id: Endpoints(destination, application_id)


@pytest.fixture(name="phones")
def _phones(application: Callable[[str], Endpoints], app: str) -> Endpoints:
    return application(app)
