"""The deployed named queries find what plain Python counts in the events that were put."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from infra.queries import named_queries
from tests.commands.test_named_queries import CHARTS
from tests.deployed.athena import Row
from tests.deployed.conftest import StartEmulator
from tests.deployed.deployed_lake import Lake
from tests.local.counting import seen
from tests.local.history import Sent, history

NAMES = {query.file: query.name for query in named_queries()}
APPLICATIONS = ("shop", "game")
Charted = tuple[list[Sent], dict[str, list[Row]], date]


@pytest.fixture(name="charted", scope="module")
def _charted(fresh: StartEmulator) -> Charted:
    """What was put into the streams, what each named query found in it, and when."""
    deployment = fresh()
    deployment.deploy(destination="lake", applicationIds=",".join(APPLICATIONS))
    lake, today = Lake(deployment), datetime.now(UTC).date()
    # All of it arrives today here, so what arrived longer ago than a chart looks is left out.
    start = today - timedelta(days=91)
    sent = [event for event in history(1, today) if event.arrived.date() >= start]
    firehose = lake.emulator.client("firehose")
    for application_id in APPLICATIONS:
        documents = [s.document() for s in sent if s.application_id == application_id]
        for first in range(0, len(documents), 50):
            data = "\n".join(documents[first : first + 50]).encode()
            answer = firehose.put_record_batch(
                DeliveryStreamName=f"{deployment.stack}.{application_id}", Records=[{"Data": data}]
            )
            assert answer["FailedPutCount"] == 0
    assert lake.errors() == []
    queries = lake.athena.named_queries().items()
    return sent, {name: lake.athena.query(sql) for name, sql in queries}, today


@pytest.mark.parametrize("chart", CHARTS)
def test_a_named_query_finds_what_was_put(charted: Charted, chart: str) -> None:
    sent, found, today = charted
    expected = list(CHARTS[chart](seen(sent, today), today))
    rows = found[NAMES[chart]]

    assert expected
    assert len(rows) == len(expected)
    for row, numbers in zip(rows, expected, strict=True):
        assert [_same(cell, number) for cell, number in zip(row.values(), numbers, strict=True)]


def test_there_are_all_the_named_queries(charted: Charted) -> None:
    assert charted[1].keys() == set(NAMES.values())


def _same(cell: str | None, expected: Any) -> bool:
    """A cell as Athena shows it against the number or the text that was counted."""
    if expected is None or cell is None:
        assert (cell, expected) == (None, None)
    elif isinstance(expected, int | float):
        assert float(cell) == pytest.approx(expected, abs=0.0501)
    else:
        assert cell == str(expected)
    return True
