"""What docs/costs.md says of a flood is computed, from units that are counted."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.costs.flood import (
    FLOODS,
    QUEUE_CONCURRENCY,
    dollars_a_day,
    queue_dollars_a_day,
    table_dollars_a_day,
)  # fmt: skip
from commands.costs.flood_command import flood
from tests.endpoints.table_units import CASES, measure

DOCUMENT = (Path(__file__).parents[2] / "docs/costs.md").read_text()
LARGE = "`lake`, 4 MB of events"
NEW = "`lake`, one event, new endpoint and user"


def test_docs_show_what_is_computed() -> None:
    shown = re.search(r"<!-- flood -->\n(.*?)\n<!-- end -->", DOCUMENT, re.DOTALL)
    assert shown
    assert shown[1] == CliRunner().invoke(flood, ["--markdown"]).output.strip()
    assert f"${queue_dollars_a_day(FLOODS[LARGE]):.0f} a day" in " ".join(DOCUMENT.split())
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


def test_what_is_queued_is_received_sent_anew_and_deleted_by_so_many_functions() -> None:
    large = FLOODS[LARGE]
    a_day = dollars_a_day(1_000, large)
    sends = 1_000 * large.sqs_requests * 86_400 * 0.40 / 1e6
    looked_at = QUEUE_CONCURRENCY / large.seconds

    assert looked_at == 10
    assert a_day["SQS"] - sends == pytest.approx(looked_at * (65 * 2 + 65 / 16) * 0.03456)
    without = dollars_a_day(1_000, large._replace(sqs_requests=0))
    both = sum(a_day[name] - without[name] for name in ("Lambda", "SQS"))
    assert both == pytest.approx(sends + queue_dollars_a_day(large))


def test_a_terminal_gets_a_table_of_the_rate() -> None:
    shown = CliRunner().invoke(flood, ["--rate", "200"])

    assert shown.exit_code == 0
    assert "`" not in shown.output
    assert f"${dollars_a_day(200, FLOODS[NEW])['API Gateway']:.0f} " in shown.output


@pytest.mark.parametrize("rate", ["abc", "0", "-1"])
def test_a_rate_that_is_none_is_told(rate: str) -> None:
    shown = CliRunner().invoke(flood, ["--rate", rate])

    assert shown.exit_code == 2
    assert "Invalid value for '--rate'" in shown.output
