"""Queries written for Athena's tables over Pinpoint's event stream run unchanged on the view.

They are of the shapes that public stacks had: maps indexed by text, numbers cast out of them, rows
picked by the partition `ingest_timestamp`, columns of messages that nothing sends here.
"""

import json
from typing import Any

import duckdb
import pytest

from commands.sql.dialect import connect
from commands.sql.lake_views import create_views, fill_table
from tests.commands.sql_lake import TODAY, ask

EVENT: dict[str, Any] = {
    "event_type": "_session.stop",
    "event_timestamp": 1_781_600_005_000,  # 2026-06-16T08:53:25Z
    "arrival_timestamp": 1_781_600_006_000,
    "event_version": "3.0",
    "event_id": "1",
    "request_id": "r",
    "application": {
        "app_id": "shop",
        "package_name": "com.example",
        "sdk": {"name": "aws-sdk-android", "version": "2.15.2"},
        "title": "Shop",
        "version_name": "V2.5",
        "version_code": "12",
        "cognito_identity_pool_id": "eu-west-1:pool",
    },
    "client": {"client_id": "phone", "cognito_id": "eu-west-1:me"},
    "device": {
        "locale": {"code": "de_DE", "country": "DE", "language": "de"},
        "make": "Google",
        "model": "Pixel",
        "platform": {"name": "android", "version": "16"},
    },
    "session": {
        "session_id": "s",
        "start_timestamp": 1_781_600_000_000,
        "stop_timestamp": 1_781_600_005_000,
        "duration": 5000,
    },
    "attributes": {"plan": "pro"},
    "metrics": {"total": 12.5},
    "endpoint": {"id": "phone", "channeltype": "GCM", "user": {"userid": "u"}},
    "application_id": "shop",
    "day": "2026-06-16",
}
# No session, no device, no caller: as a server's event.
BARE = {
    **{name: EVENT[name] for name in ("event_timestamp", "arrival_timestamp", "event_version")},
    "event_type": "order_shipped",
    "event_id": "2",
    "request_id": "q",
    "application": {"app_id": "shop", "sdk": {}},
    "client": {"client_id": "server"},
    "device": {"locale": {}, "platform": {}},
    "session": {},
    "attributes": {},
    "metrics": {},
    "endpoint": {"id": "server"},
    "application_id": "shop",
    "day": "2026-06-10",
}


@pytest.fixture(name="lake", scope="module")
def _lake() -> duckdb.DuckDBPyConnection:
    """One event twice within a day, and a bare one."""
    connection = connect()
    copy = {**EVENT, "arrival_timestamp": EVENT["arrival_timestamp"] + 1, "request_id": "again"}
    fill_table(connection, "raw_events", map(json.dumps, (copy, EVENT, BARE)))
    create_views(connection, TODAY)
    return connection


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        (  # the length of sessions
            "SELECT session['session_id'] AS id, "
            "CAST(session['stop_timestamp'] AS BIGINT) - CAST(session['start_timestamp'] AS BIGINT)"
            " AS ms FROM pinpoint_events WHERE event_type = '_session.stop'",
            [("s", 5000)],
        ),
        (  # what apps and phones are used
            "SELECT application.sdk['name'] AS sdk, device.platform['name'] AS os, "
            "device.platform['version'] AS version, device.locale.country AS country, "
            "count(*) AS n FROM pinpoint_events WHERE device.platform['name'] IS NOT NULL "
            "GROUP BY 1, 2, 3, 4",
            [("aws-sdk-android", "android", "16", "DE", 1)],
        ),
        (  # a wide view of all app events, column by column
            "SELECT event_type, from_unixtime(event_timestamp / 1000) AS at, application.app_id, "
            "application.cognito_identity_pool_id, application.package_name, application.title, "
            "application.version_name, application.version_code, application.sdk['version'] AS v, "
            "client.client_id, client.cognito_id, device.make, device.model, attributes['plan'], "
            "metrics['total'], awsaccountid FROM pinpoint_events WHERE client.cognito_id <> ''",
            [
                (
                    "_session.stop", None, "shop", "eu-west-1:pool", "com.example", "Shop", "V2.5",
                    "12", "2.15.2", "phone", "eu-west-1:me", "Google", "Pixel", "pro", 12.5, None,
                )
            ],
        ),
        (  # maps as JSON, for a warehouse without maps
            "SELECT json_format(CAST(attributes AS JSON)), json_format(CAST(metrics AS JSON)) "
            "FROM pinpoint_events WHERE client.client_id = 'phone'",
            [('{"plan":"pro"}', '{"total":12.5}')],
        ),
        (  # the endpoint, in whatever letters
            "SELECT endpoint.ChannelType, endpoint.User.UserId FROM pinpoint_events "
            "WHERE client.client_id = 'phone'",
            [("GCM", "u")],
        ),
        (  # what messages had: nothing here
            "SELECT count(*) FROM pinpoint_events WHERE client_context.custom['endpoint'] IS NOT "
            "NULL OR facets.email_channel.mail_event.mail.message_id IS NOT NULL",
            [(0,)],
        ),
        (  # the days that a scheduled query reads
            "SELECT event_id FROM pinpoint_events "
            "WHERE ingest_timestamp >= TIMESTAMP '2026-06-16 00:00:00.000'",
            [("1",)],
        ),
        (
            "SELECT date_format(ingest_timestamp, '%Y-%m-%d') AS day, count(*) AS n "
            "FROM pinpoint_events GROUP BY 1 ORDER BY 1",
            [("2026-06-10", 1), ("2026-06-16", 1)],
        ),
        (
            "SELECT event_type FROM pinpoint_events "
            "WHERE ingest_timestamp > current_timestamp - INTERVAL '3' DAY",
            [("_session.stop",)],
        ),
        (  # what nobody sent is null, also by key
            "SELECT session['session_id'], application.sdk['name'], device.platform['name'], "
            "client.cognito_id FROM pinpoint_events WHERE event_type = 'order_shipped'",
            [(None, None, None, None)],
        ),
    ],
)  # fmt: skip
def test_an_old_query_runs_unchanged(
    lake: duckdb.DuckDBPyConnection, sql: str, rows: list[tuple[Any, ...]]
) -> None:
    found = ask(lake, sql)

    # A moment is there; which one, other tests say of the function.
    assert [tuple(None if "datetime" in str(type(c)) else c for c in row) for row in found] == rows


def test_of_copies_the_one_that_came_first_stands_in_the_view(
    lake: duckdb.DuckDBPyConnection,
) -> None:
    sql = "SELECT arrival_timestamp FROM pinpoint_events WHERE event_id = '1'"

    assert ask(lake, sql) == [(EVENT["arrival_timestamp"],)]
