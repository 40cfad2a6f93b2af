"""Old builds of an app and new ones, in one table and in named queries that stay the same."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from commands.sql.dialect import connect, parse, to_duckdb
from commands.sql.lake_views import create_views, fill_table
from tests.commands.sql_lake import QUERIES
from tests.endpoints.whole_gateway import WholeGateway
from tests.local.counting import monday
from tests.local.history import iso, milliseconds
from tests.unit.doors import http_event
from tests.unit.enriched_samples import PATH, envelope

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.date()
UPDATED = NOW - timedelta(days=7)  # when the build of ann's phone changed
BEGAN = NOW - timedelta(days=21)
OTHERS = NOW - timedelta(days=3)  # another phone, which never had an old build
ANDROID = {"platform": {"name": "Android", "version": "16"}, "model": "Pixel 9"}
Row = tuple[Any, ...]


def send(gateway: WholeGateway, body: Any, arrived: datetime, path: str) -> None:
    count = len(body) if isinstance(body, list) else 1
    headers = {"x-putevents-arrivals": ",".join([str(milliseconds(arrived))] * count)}
    status, answer, _ = gateway.doors.answer(http_event(body, path, headers=headers))
    assert status == 202
    assert '"StatusCode": 4' not in json.dumps(answer)


def old_build(kind: str, at: datetime, id_: str, **session: Any) -> Any:
    """What Amplify sent to Pinpoint."""
    event = {
        "EventType": kind,
        "Timestamp": iso(at),
        "SdkName": "amplify-android",
        "Session": {"Id": "old-session", "StartTimestamp": iso(at), **session},
    }
    demographic = {"Platform": "ANDROID", "PlatformVersion": "16", "AppVersion": "1.0"}
    endpoint = {"Demographic": demographic, "User": {"UserId": "ann"}}
    return {"BatchItem": {"old-phone": {"Endpoint": endpoint, "Events": {id_: event}}}}


def new_build(kind: str, at: datetime, client_id: str, began: datetime, **others: Any) -> Any:
    """What Amplify builds since: no start or stop of a session, and a client id of its own."""
    session = {"id": f"my-app__-{client_id}", "start_timestamp": iso(began)}
    application = {
        "app_id": "my-app", "sdk": {"name": "shop", "version": "2"}, "version_name": "2.0"
    }  # fmt: skip
    return envelope(
        client_id, event_type=kind, event_timestamp=milliseconds(at), session=session,
        application=application, device=ANDROID, **others,
    )  # fmt: skip


@pytest.fixture(name="lake", scope="module")
def _lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with pytest.MonkeyPatch.context() as patched:
        for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
            patched.setenv(name, "x")
        patched.setenv("AWS_DEFAULT_REGION", "us-east-1")
        folder: Path = tmp_path_factory.mktemp("generations")
        gateway = WholeGateway("lake", folder, TRUST_ARRIVAL="true")
        old, minute = "/v1/apps/my-app/events", timedelta(minutes=1)
        stop = {"StopTimestamp": iso(BEGAN + minute), "StartTimestamp": iso(BEGAN)}
        send(gateway, old_build("_session.start", BEGAN, "1"), BEGAN, old)
        send(gateway, old_build("_session.stop", BEGAN + minute, "2", **stop), BEGAN, old)
        send(gateway, old_build("_session.start", UPDATED - 2 * minute, "3"), UPDATED, old)
        bought = UPDATED + 10 * minute
        metrics, product = {"_item_price": 4.5}, {"_product_id": "cap", "_currency": "EUR"}
        anns = [
            new_build("hello", UPDATED, "new-phone", UPDATED, user_id="ann"),
            new_build(
                "_monetization.purchase", bought, "new-phone", UPDATED, user_id="ann",
                metrics=metrics, attributes=product,
            ),
        ]  # fmt: skip
        send(gateway, [*anns, anns[0]], UPDATED, PATH)
        send(gateway, anns, UPDATED, PATH)  # the sink has not heard the answer
        send(gateway, [new_build("hello", OTHERS, "swift", OTHERS - minute)], OTHERS, PATH)
        documents = [json.dumps(record | _partition(record)) for record in gateway.records()]
        gateway.database.close()
    connection = connect()
    fill_table(connection, "raw_events", documents)
    fill_table(connection, "rejected_events", [])
    create_views(connection, TODAY)
    yield connection
    connection.close()


def _partition(record: Any) -> dict[str, str]:
    day = datetime.fromtimestamp(record["arrival_timestamp"] / 1000, UTC).date()
    return {"application_id": "my-app", "day": str(day)}


def run(lake: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """The rows that a named query finds, without the application."""
    return [row[1:] for row in lake.execute(to_duckdb(parse(QUERIES[query]), TODAY)).fetchall()]


def day(moment: datetime) -> date:
    return moment.date()


def test_each_event_stands_once_in_one_table(lake: duckdb.DuckDBPyConnection) -> None:
    counted = {row[0]: row[1:3] for row in run(lake, "events_by_type")}
    assert counted == {
        "_session.start": (2, 1), "_session.stop": (1, 1), "_monetization.purchase": (1, 1),
        "hello": (2, 2),
    }  # fmt: skip


def test_active_endpoints_are_of_both(lake: duckdb.DuckDBPyConnection) -> None:
    found = {row[0]: row[1:] for row in run(lake, "daily_active_endpoints")}
    moments = [BEGAN, BEGAN + timedelta(minutes=1), UPDATED, OTHERS]
    assert found.keys() >= {day(moment) for moment in moments}
    assert found[day(BEGAN)] == (1, 1)
    assert found[day(OTHERS)] == (1, 0)
    assert max(found[day(UPDATED)]) <= 2  # two endpoints on the day of the update
    assert found[day(UPDATED)][1] == 1  # of one user
    assert run(lake, "monthly_active_endpoints")[-1][1:] == (3, 1)


def test_sessions_without_a_start_or_a_stop_are_counted(lake: duckdb.DuckDBPyConnection) -> None:
    found = run(lake, "sessions")
    assert sum(row[1] for row in found) == 3
    assert {row[0] for row in found} >= {day(BEGAN), day(UPDATED)}
    by_day = {row[0]: row for row in found}
    assert by_day[day(UPDATED)][4] in (600.0, 0.0)  # from the first event to the last


def test_a_purchase_after_an_update_ends_the_funnel_of_its_user(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    # ann, by her old phone's start; the other one by a session without one
    assert run(lake, "funnel") == [("_session.start", "_monetization.purchase", 2, 1, 50.0)]


def test_an_update_brings_no_new_person(lake: duckdb.DuckDBPyConnection) -> None:
    assert run(lake, "new_endpoints") == [(day(BEGAN), 1), (day(OTHERS), 1)]
    week = monday(day(BEGAN))
    found = [row[1:] for row in run(lake, "retention_by_week") if row[0] == week]
    later = (monday(day(UPDATED)) - week).days // 7
    assert found == [(1, 0, 1, 100.0), (1, later, 1, 100.0)]


def test_a_person_has_the_version_of_the_latest_event(lake: duckdb.DuckDBPyConnection) -> None:
    assert run(lake, "versions_and_platforms") == [("android", "16", "2.0", "shop", 2, 100.0)]


def test_revenue_is_of_both(lake: duckdb.DuckDBPyConnection) -> None:
    [(_, *bought)] = run(lake, "revenue")
    assert bought == ["EUR", "cap", 1, 1, 1.0, 4.5, 0]


def test_drift_tells_new_types(lake: duckdb.DuckDBPyConnection) -> None:
    changes = {(row[1], row[2]) for row in run(lake, "drift")}
    assert ("new event type", "hello") in changes or day(UPDATED) <= TODAY - timedelta(days=7)
