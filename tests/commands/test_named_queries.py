"""Each named query finds what plain Python counts in the events that were sent."""

from functools import cache
from typing import Any

import duckdb
import pytest

from tests.commands.sql_lake import QUERIES, TODAY, lake, run
from tests.local import endpoint_charts, event_charts
from tests.local.counting import seen
from tests.local.history import Sent, history

CHARTS = {
    chart.__name__: chart
    for chart in (
        endpoint_charts.daily_active_endpoints,
        endpoint_charts.monthly_active_endpoints,
        endpoint_charts.new_endpoints,
        endpoint_charts.retention_by_week,
        endpoint_charts.versions_and_platforms,
        event_charts.events_by_type,
        event_charts.funnel,
        event_charts.revenue,
        event_charts.sessions,
    )
}


@cache
def months(seed: int) -> tuple[list[Sent], duckdb.DuckDBPyConnection]:
    sent = history(seed, TODAY)
    return sent, lake(sent)


def _rounded(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row, equal to one whose numbers are rounded to a decimal."""
    return tuple(pytest.approx(c, abs=0.0501) if isinstance(c, float) else c for c in row)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("query", CHARTS)
def test_a_query_finds_what_was_sent(query: str, seed: int) -> None:
    sent, connection = months(seed)
    expected = [_rounded(row) for row in CHARTS[query](seen(sent, TODAY), TODAY)]

    assert run(connection, query) == expected
    assert expected


def test_there_is_a_count_for_every_query() -> None:
    assert {*CHARTS, "drift", "rejected_events_by_rule"} == set(QUERIES)


def test_the_history_holds_what_the_queries_must_not_trip_over() -> None:
    sent, _ = months(0)
    days = {(event.at.date() - TODAY).days for event in sent}

    assert len(seen(sent, TODAY)) < len(sent) - 50
    assert min(days) < -91
    assert max(days) > 0
    assert any(not event.session for event in sent)
