"""What `make costs` prints is what the documents show; it counts what AWS would bill."""

import re
import subprocess
import sys
from typing import Any

import pytest

from commands.costs.item_size import item_size
from tests.local.running_gateway import ROOT

COSTS = ROOT / "docs/operations.md"
# Dollars a million events; what a change may not exceed.
AT_MOST = {"lake, 1": 6.00, "lake, 10": 0.65, "lake, 100": 0.12}


@pytest.fixture(name="printed", scope="module")
def _printed() -> str:
    """What the command prints; it sets up an environment of its own, so it runs in a process."""
    done = subprocess.run(
        [sys.executable, "-m", "commands", "costs"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout


def test_the_documents_show_what_the_command_prints(printed: str) -> None:
    shown = re.search(r"<!-- costs -->\n(.*?)\n<!-- end -->", COSTS.read_text(), re.DOTALL)
    assert shown, "docs/operations.md has lost its markers"
    assert shown[1].strip() == printed.strip()


def test_a_million_events_cost_no_more_than_was_decided(printed: str) -> None:
    rows = {
        row[0]: row[1:] for row in (line.strip("| ").split(" | ") for line in printed.splitlines())
    }
    [head] = [names for title, names in rows.items() if title.startswith("dollars")]
    costs = dict(zip(head, (float(cell.strip("*")) for cell in rows["**together**"]), strict=True))
    assert {name: costs[name] for name in AT_MOST if costs[name] > AT_MOST[name]} == {}


def test_a_known_endpoint_with_a_user_costs_three_calls_and_one_write_unit(printed: str) -> None:
    rows = {line.partition(" |")[0]: line for line in printed.splitlines()}
    for call in ("calls of BatchGetItem", "calls of UpdateItem", "calls of PutRecordBatch"):
        assert f"| {call} | 1 | 1 | 1 |" in rows[f"| {call}"]
    assert "| write units | 1 | 1 | 1 |" in rows["| write units"]


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"name": {"S": "text"}}, 8),
        ({"name": {"S": "é"}}, 6),
        ({"n": {"N": "1795638585658"}}, 9),
        ({"b": {"B": "AAAA"}}, 4),
        ({"l": {"L": [{"S": "ab"}, {"S": "c"}]}}, 1 + 3 + 2 + 3),
        ({"m": {"M": {"k": {"S": "v"}}}}, 1 + 3 + 1 + 2),
    ],
)
def test_an_item_has_the_size_that_dynamodb_bills(item: dict[str, Any], size: int) -> None:
    assert item_size(item) == size
