"""What `make sql` reads: a record for each event, what was rejected, and files of old versions."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local.database import FILE, SCHEMA, Database
from local.sqlite_destination import LocalDestination
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import EventsRequest, ValidBatch
from tests.local.running_gateway import EVENT, EVENT_MS, RunningGateway, put_events_body
from tests.unit.doors import ARRIVAL

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


def test_a_file_of_the_version_before_gets_the_new_columns(tmp_path: Path) -> None:
    path = tmp_path / FILE
    later = ("    request_id TEXT, ", "    record TEXT, ")
    old = "\n".join(line for line in SCHEMA.splitlines() if not line.startswith(later))
    assert old != SCHEMA
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(old)
        connection.execute(
            "INSERT INTO events VALUES ('app', 'device', 'old', 'hello', 1, 2, NULL, NULL, NULL,"
            " NULL, NULL, '{}', '{}', '{}', '{}')"
        )
    database = Database(path)
    deliver(LocalDestination(database), put_events_body({"new": EVENT}))
    with database.transaction() as connection:
        kept = connection.execute("SELECT event_id, record IS NULL FROM events").fetchall()
    database.close()

    assert kept == [("old", 1), ("new", 0)]
