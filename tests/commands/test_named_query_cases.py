"""The edges of the named queries, one small lake for each."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from commands.sql.lake_views import fill_table
from tests.commands.sql_lake import QUERIES, TODAY, ask, lake, run
from tests.local.history import Sent, iso


def at(day: int, hour: int = 12) -> datetime:
    """An hour of a day; day 0 is today."""
    return datetime.combine(TODAY + timedelta(days=day), time(hour), UTC)


def sent(kind: str, moment: datetime, endpoint_id: str = "phone", **more: Any) -> Sent:
    """An event that came at once."""
    return Sent("shop", endpoint_id, f"{kind} {moment}", kind, moment, moment, "request", **more)


def session(number: str, start: datetime, **more: Any) -> dict[str, Any]:
    return {"Id": number, "StartTimestamp": iso(start), **more}


def test_a_session_lasts_until_its_stop_else_its_longest_duration_else_its_last_event() -> None:
    begin, end = at(-1, 10), at(-1, 11)
    stopped = session("a", begin, StopTimestamp=iso(end), Duration=3_600_000)
    connection = lake(
        [
            sent("_session.start", begin, session=session("a", begin, Duration=0)),
            sent("_session.stop", end, session=stopped),
            sent("late", at(-1, 13), session=session("a", begin)),
            sent("_session.start", begin, "android", session=session("a", begin, Duration=0)),
            sent("tap", end, "android", session=session("a", begin, Duration=60_000)),
            sent("_session.start", begin, "killed", session=session("a", begin)),
            sent("tap", at(-1, 12), "killed", session=session("a", begin)),
            sent("tap", at(-1, 12), "without"),
        ]
    )

    lengths = (3600 + 60 + 7200) / 3
    assert run(connection, "sessions") == [
        ("shop", begin.date(), 3, 3, pytest.approx(lengths), 3600.0)
    ]


def test_a_funnel_wants_the_second_event_after_the_first_and_in_time() -> None:
    first, second = "_session.start", "_monetization.purchase"
    connection = lake(
        [
            *(sent(first, at(-5), name) for name in ("same moment", "in time", "late", "again")),
            sent(second, at(-5), "same moment"),
            sent(second, at(-4), "in time"),
            sent(second, at(-4, 13), "late"),
            *(sent(second, at(-2), "again"), sent(first, at(-2, 11), "again")),
            *(sent(second, at(-6), "before"), sent(first, at(-5), "before")),
            sent(second, at(-5), "never began"),
            sent(first, at(-6, 11), "another, an hour before"),
        ]
    )

    assert run(connection, "funnel") == [("shop", first, second, 6, 3, 50.0)]


def test_the_types_of_the_funnel_are_edited_in_one_place() -> None:
    line = "VALUES ('_session.start', '_monetization.purchase', 24)"
    assert QUERIES["funnel"].count("'_session.start'") == 1
    edited = QUERIES["funnel"].replace(line, "VALUES ('view', 'buy', 1)")
    connection = lake([sent("view", at(-1, 1)), sent("buy", at(-1, 2))])

    assert ask(connection, edited) == [("shop", "view", "buy", 1, 1, 100.0)]


def test_a_month_is_the_thirty_days_that_end_with_a_day() -> None:
    days = [row[1] for row in run(lake([sent("tap", at(-40))]), "monthly_active_endpoints")]
    assert days == [at(-40 + later).date() for later in range(30)]

    first = [row[1] for row in run(lake([sent("tap", at(-88))]), "monthly_active_endpoints")]
    assert first == [at(-59).date()]


def test_a_purchase_counts_by_the_spelling_of_its_keys() -> None:
    price = {"_item_price": 2.5, "_quantity": 3.0, "_Item_Price": 1000.0}
    bought = sent(
        "_monetization.purchase",
        at(0),
        attributes={"_currency": "EUR", "_Currency": "USD", "_product_id": "épée"},
        metrics=price,
    )

    row = ("shop", TODAY, "EUR", "épée", 1, 1, 3.0, 7.5, 0)
    assert run(lake([bought]), "revenue") == [row]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_empty_tables_finds_nothing(query: str) -> None:
    assert run(lake([]), query) == []


def test_what_was_rejected_is_counted_by_rule() -> None:
    rows = [("shop", "a", "m1", 0), ("shop", "a", "m0", -29), ("shop", "b", "m2", -1)]
    rows += [("shop", "b", "old", -30), ("game", "b", "m3", 0), ("shop", "b", "m2", -2)]
    documents = [
        json.dumps(
            {
                "application_id": application_id,
                "endpoint_id": "phone",
                "rule": rule,
                "message": message,
                "day": str(TODAY + timedelta(days=day)),
            }
        )
        for application_id, rule, message, day in rows
    ]
    connection = lake([])
    fill_table(connection, "rejected_events", documents)

    assert run(connection, "rejected_events_by_rule") == [
        ("game", "b", 1, 1, str(TODAY), "m3"),
        ("shop", "a", 2, 1, str(TODAY), "m0"),
        ("shop", "b", 2, 1, str(at(-1).date()), "m2"),
    ]


@pytest.mark.parametrize("off", [timedelta(days=-400), timedelta(days=-8), timedelta(days=300)])
def test_a_device_clock_that_is_off_moves_neither_creation_nor_activity(off: timedelta) -> None:
    """Endpoints and what they send are put into weeks by one clock, the gateway's."""
    first, later = at(-16), at(-9)
    created = iso(first)
    events = [
        Sent(
            "shop",
            f"phone {n}",
            f"{n} {arrived}",
            "tap",
            arrived + off,
            arrived,
            "r",
            created=created,
        )
        for n in range(105)
        for arrived in ([first, later] if n < 10 else [first])
    ]
    connection = lake(events)

    week = at(-16).date()
    assert run(connection, "new_endpoints") == [("shop", week, 105)]
    assert run(connection, "retention_by_week") == [
        ("shop", week, 105, 0, 105, 100.0),
        ("shop", week, 105, 1, 10, 9.5),
    ]


def test_an_endpoint_that_was_never_stored_is_new_when_its_first_event_arrives() -> None:
    sleeping = Sent("shop", "phone", "1", "tap", at(-30), at(-2), "request")

    assert run(lake([sleeping]), "new_endpoints") == [("shop", at(-2).date(), 1)]


def test_an_endpoint_is_not_younger_than_its_first_event() -> None:
    """Its creation may be noted a moment after the arrival of the request that made it."""
    sunday, monday = at(-3, 23), at(-2, 0)
    event = Sent("shop", "phone", "1", "tap", sunday, sunday, "request", created=iso(monday))

    assert run(lake([event]), "retention_by_week") == [
        ("shop", at(-9).date(), 1, 0, 1, 100.0),
    ]
