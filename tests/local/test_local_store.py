"""What the local destination keeps, once, and what it says when it cannot."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.time_left import TimeLeft
from putevents.wire.schemas import EventsRequest, ItemResponse, ValidBatch
from tests.local.running_gateway import EVENT, EVENT_MS, ROOT, put_events_body
from tests.unit.doors import ARRIVAL

REQUESTS = ROOT / "tests/events/requests"
CLIENTS = sorted(file.name for file in REQUESTS.glob("*.json") if file.stem != "good-and-bad")

Deliver = Callable[[dict[str, Any]], Mapping[str, ItemResponse]]


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / FILE


@pytest.fixture(name="deliver")
def _deliver(path: Path) -> Iterator[Deliver]:
    database = Database(path, busy_seconds=0.1)
    destination = LocalDestination(database)

    def deliver(body: dict[str, Any]) -> Mapping[str, ItemResponse]:
        batches: Any = EventsRequest.model_validate(body).batch_item
        good = {id_: ValidBatch(b.endpoint, b.events) for id_, b in batches.items()}
        return destination.deliver("app", good, dict.fromkeys(good, ARRIVAL), TimeLeft())

    yield deliver
    database.close()


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def execute(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def statuses(answer: Mapping[str, ItemResponse], endpoint_id: str = "device") -> dict[str, int]:
    item = answer[endpoint_id]
    events = {event_id: part["StatusCode"] for event_id, part in item["EventsItemResponse"].items()}
    return {"endpoint": item["EndpointItemResponse"]["StatusCode"], **events}


class TestEvents:
    def test_every_part_of_an_event_is_kept(self, deliver: Deliver, path: Path) -> None:
        session = {"Id": "s", "StartTimestamp": "2026-01-02T03:04:05Z"}
        event = {
            **EVENT,
            "AppPackageName": "p",
            "AppTitle": "t",
            "AppVersionCode": "1",
            "ClientSdkVersion": "2",
            "SdkName": "sdk",
            "Attributes": {"colour": "rouge, é"},
            "Metrics": {"price": 1.5},
            "Session": session,
        }
        deliver(put_events_body({"e": event}))

        [row] = rows(
            path,
            "SELECT application_id, endpoint_id, event_id, event_type, event_timestamp,"
            " app_package_name, app_title, app_version_code, client_sdk_version, sdk_name,"
            " attributes ->> 'colour', metrics ->> 'price', session, event FROM events",
        )
        assert row[:5] == ("app", "device", "e", "hello", EVENT_MS)
        assert row[5:10] == ("p", "t", "1", "2", "sdk")
        assert row[10:12] == ("rouge, é", 1.5)
        assert (json.loads(row[12]), json.loads(row[13])) == (session, event)

    def test_a_resent_event_is_kept_once_and_accepted_twice(
        self, deliver: Deliver, path: Path
    ) -> None:
        first, second = deliver(put_events_body()), deliver(put_events_body())

        assert first == second
        assert rows(path, "SELECT count(*) FROM events") == [(1,)]

    @pytest.mark.parametrize(
        "other",
        [
            put_events_body(endpoint_id="other device"),
            put_events_body({"2": EVENT}),
            put_events_body({"1": {**EVENT, "EventType": "bye"}}),
            put_events_body({"1": {**EVENT, "Timestamp": "2026-01-02T03:04:05.679Z"}}),
        ],
    )
    def test_an_event_that_differs_in_any_part_of_its_identity_is_another(
        self, deliver: Deliver, path: Path, other: dict[str, Any]
    ) -> None:
        deliver(put_events_body())
        deliver(other)

        assert rows(path, "SELECT count(*) FROM events") == [(2,)]

    @pytest.mark.parametrize("name", CLIENTS)
    def test_the_events_of_every_client_are_kept(
        self, deliver: Deliver, path: Path, name: str
    ) -> None:
        body = json.loads((REQUESTS / name).read_text())
        answer = deliver(body)

        sent = {
            (endpoint_id, event_id): event
            for endpoint_id, batch in body["BatchItem"].items()
            for event_id, event in batch["Events"].items()
        }
        kept = rows(path, "SELECT endpoint_id, event_id, event FROM events")
        assert {(endpoint, id_): json.loads(event) for endpoint, id_, event in kept} == sent
        assert set(answer) == set(body["BatchItem"])


class TestFailures:
    def test_one_event_that_cannot_be_written_fails_alone(
        self, deliver: Deliver, path: Path
    ) -> None:
        deliver(put_events_body({"0": EVENT}))
        execute(
            path,
            "CREATE TRIGGER bad_sector BEFORE INSERT ON batch_events WHEN NEW.event_id = '2'"
            " BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END",
        )
        answer = deliver(put_events_body({"1": EVENT, "2": EVENT, "3": EVENT}))

        assert statuses(answer) == {"endpoint": 202, "1": 202, "2": 500, "3": 202}
        assert rows(path, "SELECT event_id FROM events") == [("0",), ("1",), ("3",)]

    def test_an_endpoint_that_cannot_be_written_does_not_take_its_events_along(
        self, deliver: Deliver, path: Path
    ) -> None:
        deliver(put_events_body({"0": EVENT}, endpoint_id="other"))
        execute(
            path,
            "CREATE TRIGGER bad_sector BEFORE INSERT ON endpoint_items"
            " BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END",
        )

        assert statuses(deliver(put_events_body())) == {"endpoint": 500, "1": 202}

    def test_what_is_rolled_back_as_a_whole_is_not_accepted_in_part(
        self, deliver: Deliver, path: Path
    ) -> None:
        deliver(put_events_body({"0": EVENT}))
        execute(
            path,
            "CREATE TRIGGER disk_full BEFORE INSERT ON batch_events WHEN NEW.event_id = '2'"
            " BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END",
        )

        assert deliver(put_events_body({"1": EVENT, "2": EVENT})) == {}
        assert rows(path, "SELECT event_id FROM events") == [("0",)]

    def test_nothing_is_accepted_while_the_file_is_locked(
        self, deliver: Deliver, path: Path
    ) -> None:
        deliver(put_events_body({"0": EVENT}))
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = deliver(put_events_body({"1": EVENT}))
        free = deliver(put_events_body({"1": EVENT}))

        assert locked == {}
        assert statuses(free) == {"endpoint": 202, "1": 202}

    def test_nothing_is_accepted_into_a_file_that_was_removed(
        self, deliver: Deliver, path: Path
    ) -> None:
        deliver(put_events_body({"0": EVENT}))
        for file in path.parent.iterdir():
            file.unlink()
        answer = deliver(put_events_body({"1": EVENT}))

        assert statuses(answer) == {"endpoint": 202, "1": 202}
        assert rows(path, "SELECT event_id FROM events") == [("1",)]
