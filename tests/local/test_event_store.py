"""What `make sql` reads: a record for each event, what was rejected, and files of old versions."""

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
from putevents.wire.event_record import event_records
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import EventsRequest, ValidBatch
from putevents.wire.timestamps import milliseconds
from tests.local.running_gateway import EVENT, EVENT_MS, ROOT, RunningGateway, put_events_body
from tests.unit.doors import ARRIVAL

REQUESTS = ROOT / "tests/events/requests"
CLIENTS = sorted(file.name for file in REQUESTS.glob("*.json") if file.stem != "good-and-bad")
COLUMNS = (
    "application_id, endpoint_id, event_id, event_type, event_timestamp, arrival_timestamp,"
    " app_package_name, app_title, app_version_code, client_sdk_version, sdk_name, attributes,"
    " metrics, session, event, request_id, record"
)
JSON_COLUMNS = {11, 12, 13, 14, 16}
LATER = Arrival("request-2", ARRIVAL.timestamp + 5000)


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / FILE, busy_seconds=0.1)
    yield database
    database.close()


@pytest.fixture(name="destination")
def _destination(database: Database) -> LocalDestination:
    return LocalDestination(database)


def deliver(
    destination: LocalDestination, body: dict[str, Any], arrival: Arrival = ARRIVAL
) -> None:
    batches: Any = EventsRequest.model_validate(body).batch_item
    good = {id_: ValidBatch(batch.endpoint, batch.events) for id_, batch in batches.items()}
    destination.deliver("app", good, dict.fromkeys(good, arrival), TimeLeft())


def records(database: Database) -> list[dict[str, Any]]:
    with database.transaction() as connection:
        found = connection.execute("SELECT record FROM events ORDER BY rowid").fetchall()
    return [json.loads(text) for (text,) in found]


def test_an_event_is_kept_as_a_record_with_its_endpoint_as_it_is_then_stored(
    destination: LocalDestination, database: Database
) -> None:
    profile = {"Demographic": {"AppVersion": "1.2", "Platform": "ANDROID"}, "User": {"UserId": "u"}}
    deliver(destination, put_events_body({"1": EVENT}, profile))
    deliver(destination, put_events_body({"2": EVENT}, {"Attributes": {"Pet": ["cat"]}}))

    first, second = records(database)
    assert first["event_timestamp"] == EVENT_MS
    assert (first["arrival_timestamp"], first["request_id"]) == (ARRIVAL.timestamp, "request-1")
    assert first["application"] == {"app_id": "app", "sdk": {}, "version_name": "1.2"}
    assert first["device"]["platform"] == {"name": "android"}
    assert "Pet" not in first["endpoint"].get("attributes", {})
    assert second["endpoint"]["attributes"] == {"Pet": ["cat"]}
    assert second["endpoint"]["user"]["userid"] == "u"
    assert second["application"]["version_name"] == "1.2"


def test_of_an_event_that_comes_again_the_first_record_stays(
    destination: LocalDestination, database: Database
) -> None:
    deliver(destination, put_events_body())
    deliver(destination, put_events_body(), LATER)

    [record] = records(database)
    assert (record["request_id"], record["arrival_timestamp"]) == ("request-1", ARRIVAL.timestamp)
    with database.transaction() as connection:
        columns = connection.execute("SELECT request_id, arrival_timestamp FROM events").fetchall()
    assert columns == [("request-1", ARRIVAL.timestamp)]


def test_more_events_than_a_statement_takes_are_kept_once_each(
    destination: LocalDestination, database: Database
) -> None:
    events = {str(number): EVENT for number in range(250)}
    deliver(destination, put_events_body(events, {}))
    deliver(destination, put_events_body({"new": EVENT, **events, "newer": EVENT}, {}), LATER)

    kept = [record["event_id"] for record in records(database)]
    assert kept == [*events, "new", "newer"]


def test_the_event_of_a_new_endpoint_that_is_rejected_is_kept_with_what_it_would_have_been(
    destination: LocalDestination, database: Database
) -> None:
    user = {"User": {"UserId": "u"}, "ChannelType": "SMS"}
    for number in range(MAX_ENDPOINTS_PER_USER):
        deliver(destination, put_events_body(endpoint=user, endpoint_id=str(number)))
    deliver(destination, put_events_body({"e": EVENT}, user, "one too many"))

    assert records(database)[-1]["endpoint"] == {
        "id": "one too many",
        "cohortid": "58",
        "creationdate": "2025-11-25T07:00:00.123Z",
        "endpointstatus": "ACTIVE",
        "optout": "ALL",
    }


def test_what_is_rejected_is_kept_each_time_as_it_came(
    destination: LocalDestination, database: Database
) -> None:
    event = RejectedPart("device", "1", "Missing Timestamp", "Missing Timestamp (Timestamp)", {})
    endpoint = RejectedPart("device", None, "Missing ChannelType", "Missing ChannelType", [1])
    for arrival in (ARRIVAL, LATER):
        assert destination.keep_rejected("app", [event, endpoint], arrival, TimeLeft())

    with database.transaction() as connection:
        kept = connection.execute("SELECT * FROM rejected_events ORDER BY rowid").fetchall()
    [first, second, *again] = kept
    at, request = ARRIVAL.timestamp, "request-1"
    assert first == ("app", "device", "1", at, request, event.rule, event.message, "{}")
    assert second == ("app", "device", None, at, request, endpoint.rule, endpoint.message, "[1]")
    assert [row[4] for row in again] == ["request-2", "request-2"]


def test_what_cannot_be_kept_is_said_not_to_be(
    destination: LocalDestination, database: Database
) -> None:
    deliver(destination, put_events_body())
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        rejected = [RejectedPart("d", "1", "r", "m", {})]
        assert not destination.keep_rejected("app", rejected, ARRIVAL, TimeLeft())


def test_what_http_answers_400_is_kept_too(gateway: RunningGateway) -> None:
    bad = {"EventType": "é", "Metrics": {"n": "many"}, "Timestamp": "2026-01-02T03:04:05Z"}
    gateway.put_events(put_events_body({"good": EVENT, "bad": bad}), "rejecting")

    sql = "SELECT event_id, rule, event FROM rejected_events WHERE application_id = 'rejecting'"
    [(event_id, rule, event)] = gateway.rows(sql)
    assert (event_id, json.loads(event)) == ("bad", bad)
    assert "number" in rule


OLD_EVENTS = """
CREATE TABLE events (
    application_id TEXT NOT NULL, endpoint_id TEXT NOT NULL, event_id TEXT NOT NULL,
    event_type TEXT NOT NULL, event_timestamp INTEGER NOT NULL, arrival_timestamp INTEGER NOT NULL,
    app_package_name TEXT, app_title TEXT, app_version_code TEXT, client_sdk_version TEXT,
    sdk_name TEXT, attributes TEXT NOT NULL, metrics TEXT NOT NULL, session TEXT NOT NULL,
    event TEXT NOT NULL,{later}
    PRIMARY KEY (application_id, endpoint_id, event_id, event_timestamp, event_type)
)
"""
OLD_ROW = ("app", "device", "old", "hello", 1, 2, *[None] * 5, "{}", "{}", "{}", "{}")


def test_a_file_of_the_version_before_last_gets_the_new_columns(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(OLD_EVENTS.format(later=""))
        connection.execute(f"INSERT INTO events VALUES ({', '.join('?' * 15)})", OLD_ROW)
    database = Database(path)
    deliver(LocalDestination(database), put_events_body({"new": EVENT}))
    with database.transaction() as connection:
        kept = connection.execute("SELECT event_id, record IS NULL FROM events").fetchall()
    database.close()

    assert kept == [("old", 1), ("new", 0)]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_file_that_held_each_event_three_times_keeps_every_column(
    tmp_path: Path, name: str
) -> None:
    """The row of a client's event as the version before stored it, and as it reads now."""
    path, rows = tmp_path / FILE, old_rows(json.loads((REQUESTS / name).read_text()))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(OLD_EVENTS.format(later="request_id TEXT, record TEXT,"))
        sql = f"INSERT INTO events VALUES ({', '.join('?' * 17)})"
        connection.executemany(sql, rows)
    for _ in range(2):  # the second time there is nothing to do
        database = Database(path)
        with database.transaction() as connection:
            found = connection.execute(f"SELECT {COLUMNS} FROM events ORDER BY rowid").fetchall()
        database.close()
        assert [plain(row) for row in found] == [plain(row) for row in rows]


def test_every_column_of_a_new_event_is_as_it_was_before(
    destination: LocalDestination, database: Database
) -> None:
    for name in CLIENTS:
        body = json.loads((REQUESTS / name).read_text())
        deliver(destination, body)
        for row in old_rows(body):
            with database.transaction() as connection:
                sql = f"SELECT {COLUMNS} FROM events WHERE endpoint_id = ? AND event_id = ?"
                [found] = connection.execute(sql, row[1:3]).fetchall()
            assert without_endpoint(plain(found)) == without_endpoint(plain(row))


def test_an_event_that_is_deleted_leaves_nothing_that_no_other_needs(
    destination: LocalDestination, database: Database
) -> None:
    deliver(destination, put_events_body({"1": EVENT, "2": EVENT}))
    deliver(destination, put_events_body({"3": EVENT}, endpoint_id="other"))
    tables = ("batch_events", "batches", "endpoint_snapshots")

    left = []
    for deleted in ("1", "2", "3"):
        with database.transaction() as connection:
            connection.execute("DELETE FROM events WHERE event_id = ?", (deleted,))
            counts = [f"(SELECT count(*) FROM {table})" for table in tables]
            left += connection.execute(f"SELECT {', '.join(counts)}").fetchall()
    assert left == [(2, 2, 2), (1, 1, 1), (0, 0, 0)]


def test_what_comes_again_leaves_no_batch_without_events(
    destination: LocalDestination, database: Database
) -> None:
    for events in ({"1": EVENT}, {"1": EVENT}, {}):
        deliver(destination, put_events_body(events))
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM batches").fetchall() == [(1,)]


def test_an_endpoint_that_stays_the_same_is_kept_once_and_shown_as_of_each_event(
    destination: LocalDestination, database: Database
) -> None:
    same = {"OptOut": "NONE", "User": {"UserId": "u"}}
    deliver(destination, put_events_body({"1": EVENT}, same))
    deliver(destination, put_events_body({"2": EVENT}, same), LATER)
    deliver(destination, put_events_body({"3": EVENT}, {}), Arrival("r3", LATER.timestamp + 1))

    endpoints = [record["endpoint"] for record in records(database)]
    assert [found["requestid"] for found in endpoints] == ["request-1", "request-2", "request-2"]
    assert endpoints[0]["effectivedate"] < endpoints[1]["effectivedate"]
    assert endpoints[1] == endpoints[2]
    with database.transaction() as connection:
        kept = connection.execute("SELECT count(*) FROM endpoint_snapshots").fetchall()
    assert kept == [(1,)]


def old_rows(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of the version before for a request."""
    batches: Any = EventsRequest.model_validate(body).batch_item
    return [
        (
            "app", id_, event_id, event.event_type, milliseconds(event.timestamp),
            ARRIVAL.timestamp, event.app_package_name, event.app_title, event.app_version_code,
            event.client_sdk_version, event.sdk_name, json.dumps(event.attributes or {}),
            json.dumps(event.metrics or {}),
            event.session.wire.decode() if event.session else "{}",
            event.wire.decode(), ARRIVAL.request_id, record.decode(),
        )
        for id_, batch in batches.items()
        for event_id, record in event_records("app", id_, {"Id": id_}, batch.events, ARRIVAL)
        for event in [batch.events[event_id]]
    ]  # fmt: skip


def plain(row: tuple[Any, ...]) -> list[Any]:
    """A row with its JSON as values; columns are counted as the table had them."""
    return [json.loads(cell) if place in JSON_COLUMNS else cell for place, cell in enumerate(row)]


def without_endpoint(row: list[Any]) -> list[Any]:
    """A row without what its record says of the endpoint."""
    own = {name: row[-1][name] for name in row[-1].keys() - {"device", "endpoint"}}
    own["application"].pop("version_name", None)
    return [*row[:-1], own]
