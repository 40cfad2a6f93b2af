"""The named query `drift` says what an app began to send, no longer sends, or sends otherwise."""

import json
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any

import duckdb
import pytest

from commands.sql.lake_views import fill_table
from tests.commands.sql_lake import TODAY, lake, run
from tests.local.counting import Row, seen
from tests.local.drift_chart import drift
from tests.local.history import Sent


def at(day: int) -> datetime:
    """Noon of a day; day 0 is today."""
    return datetime.combine(TODAY + timedelta(days=day), time(12), UTC)


def sent(type_: str, day: int, count: int, *keys: str, application_id: str = "shop") -> list[Sent]:
    """Events of a type that arrived on a day."""
    attributes: dict[str, Any] = dict.fromkeys(keys, "value")
    return [
        Sent(application_id, "phone", f"{type_} {day} {n} {keys}", type_, at(day), at(day), "r",
             attributes=attributes)
        for n in range(count)
    ]  # fmt: skip


def rejected(connection: duckdb.DuckDBPyConnection, *found: tuple[str, int]) -> None:
    """Add rejected events, each a rule and a day."""
    rows = [
        {"application_id": "shop", "rule": rule, "day": f"{at(day):%Y-%m-%d}"}
        for rule, day in found
    ]
    fill_table(connection, "rejected_events", map(json.dumps, rows))


def changes(events: list[Sent]) -> list[Row]:
    """The rows of the query, with the day as a number."""
    found = run(lake(events), "drift")
    return [(row[0], (row[1] - TODAY).days, *row[2:]) for row in found]


def steady(*keys: str) -> list[Sent]:
    """Ten events a day for a month."""
    return [event for day in range(-30, 0) for event in sent("tap", day, 10, *keys)]


def test_an_app_that_sends_the_same_each_day_has_not_changed() -> None:
    assert changes(steady("screen")) == []


def test_a_new_type_and_a_new_key_are_told_on_their_first_day_also_today() -> None:
    events = steady() + sent("swipe", -2, 3, "angle") + sent("tap", 0, 1, "screen")
    assert changes(events) == [
        ("shop", 0, "new attribute", "tap.screen", None, 1.0),
        ("shop", -2, "new event type", "swipe", None, 3.0),
    ]


def test_a_key_is_gone_once_its_type_came_ten_times_without_it() -> None:
    before = [event for day in range(-30, -4) for event in sent("tap", day, 10, "screen")]
    assert changes(before + sent("tap", -4, 9)) == []
    found = changes(before + sent("tap", -4, 10))
    assert [row for row in found if row[2] != "no events"] == [
        ("shop", -4, "attribute gone", "tap.screen", 260.0, 0.0)
    ]
    # Today is not over.
    assert [row[2] for row in changes(before + sent("tap", 0, 10))] == ["no events"]


def test_a_type_that_falls_or_rises_by_80_percent_is_told_with_the_average_before() -> None:
    other = [event for day in range(-30, 0) for event in sent("other", day, 1)]
    before = [event for day in range(-30, -1) for event in sent("tap", day, 10)]
    for count, expected in (
        (0, [("shop", -1, "fewer events", "tap", 10.0, 0.0)]),
        (2, [("shop", -1, "fewer events", "tap", 10.0, 2.0)]),
        (3, []),
        (17, []),
        (18, [("shop", -1, "more events", "tap", 10.0, 18.0)]),
    ):
        assert changes(other + before + sent("tap", -1, count)) == expected


def test_an_application_that_sent_nothing_at_all_is_told_once_and_not_by_type() -> None:
    def silent(*days: int) -> list[Sent]:
        gone = [TODAY + timedelta(days=day) for day in days]
        return [event for event in steady() if event.arrived.date() not in gone]

    assert changes(silent(-3)) == [("shop", -3, "no events", "all types", 10.0, 0.0)]
    assert changes(silent(-2, -1)) == [("shop", -2, "no events", "all types", 10.0, 0.0)]
    few = [event for day in range(-30, -2) for event in sent("tap", day, 9)]
    assert changes(few) == []


def test_applications_are_apart() -> None:
    events = steady() + sent("swipe", -1, 20, application_id="game")
    assert changes(events) == []


def test_a_rule_that_rejected_nothing_before_is_told() -> None:
    connection = lake(steady())
    rejected(connection, ("old", -34), ("old", -1), ("new", -3), ("new", 0), ("older", -35))
    assert run(connection, "drift") == [
        ("shop", TODAY - timedelta(days=3), "new rejection", "new", None, 2.0)
    ]


def test_a_rule_of_an_applications_first_day_is_not_new() -> None:
    connection = lake(sent("tap", -2, 1))
    rejected(connection, ("first", -3), ("second", -2))
    assert [row[3] for row in run(connection, "drift")] == ["tap", "second"]


def test_rejections_that_rise_by_80_percent_are_told_also_of_an_old_rule() -> None:
    connection = lake(steady())
    each_day = [("each day", day) for day in range(-30, 0) for _ in range(10)]
    few = [("few", -20), *[("few", -1)] * 9]
    rejected(connection, ("old", -20), *[("old", -1)] * 50, *few, *each_day)
    assert run(connection, "drift") == [
        ("shop", TODAY - timedelta(days=1), "more rejections", "old", 0.0, 50.0)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_a_month_of_made_up_days_drifts_as_plain_python_counts(seed: int) -> None:
    random = Random(seed)  # noqa: S311 # no secret
    events = [
        event
        for application_id in ("shop", "game")
        for day in range(-40, 1)
        for type_ in random.sample(["a", "b", "c"], random.randint(0, 3))
        for event in sent(
            type_,
            day,
            random.choice([1, 5, 12, 40]),
            *random.sample(["x", "y"], random.randint(0, 2)),
            application_id=application_id,
        )
    ]
    expected = drift(seen(events, TODAY), TODAY)

    assert run(lake(events), "drift") == [
        tuple(pytest.approx(cell, abs=0.0501) if isinstance(cell, float) else cell for cell in row)
        for row in expected
    ]
    assert len(expected) > 5
