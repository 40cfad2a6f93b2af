"""What docs/operations.md says of a flood is computed, from units that are counted."""

import re
from pathlib import Path

import pytest

from commands.costs.flood import FLOODS, dollars_a_day, lines, table_dollars_a_day
from tests.endpoints.table_units import CASES, measure

DOCUMENT = (Path(__file__).parents[2] / "docs/operations.md").read_text()
NEW = "`lake`, one event, new endpoint and user"


def test_docs_show_what_is_computed() -> None:
    shown = re.search(r"<!-- flood -->\n(.*?)\n<!-- end -->", DOCUMENT, re.DOTALL)
    assert shown
    assert shown[1].splitlines() == lines(1000)
    assert f"with 500 the table and its indexes take ${table_dollars_a_day(500):.0f}" in DOCUMENT


def test_a_new_endpoint_takes_the_units_that_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    counted = measure(CASES["it is new, and so is its user"])

    assert FLOODS[NEW].writes == counted.items + counted.indexes
    assert FLOODS[NEW].reads == counted.reads


def test_a_request_of_a_flood_lasts_and_logs_as_long_as_one_of_the_table_of_costs() -> None:
    rows = {line.split(" | ")[0]: line.strip("| ").split(" | ") for line in DOCUMENT.splitlines()}
    logged = [int(cell) for cell in rows["| bytes of log lines as billed"][1:]]
    [lasts] = [row[1:] for name, row in rows.items() if name.startswith("| ms, with CPU of")]
    lake, pinpoint = (float(lasts[place]) / 1000 for place in (0, 3))

    assert max(logged) <= FLOODS[NEW].log_bytes < 1.1 * max(logged)
    assert lake <= FLOODS[NEW].seconds < 1.2 * lake
    assert pinpoint <= FLOODS["`pinpoint`, one event"].seconds < 1.2 * pinpoint


def test_quotas_end_what_a_flood_can_cost() -> None:
    many = FLOODS["`lake`, 1,000 new endpoints and users"]
    most = dollars_a_day(1_000, many)

    for rate in (10_000, 100_000):
        costs = dollars_a_day(rate, many)
        assert {name for name in costs if costs[name] > most[name]} == {"API Gateway"}
    assert most["DynamoDB"] > 100 * table_dollars_a_day(500) * 0.8
