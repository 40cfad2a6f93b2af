"""docs/reliability.md speaks of every fault that is tried and of every known loss."""

import re
from pathlib import Path

import pytest

from tests.faults.edges import DESTINATION, QUEUE

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/reliability.md").read_text()
TESTS = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
ROWS = re.findall(r"^\| (F[F\d, ]+) \|.*\| (.*) \|$", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize(
    "kind", [f"destination: {fault}" for fault in DESTINATION] + [f"queue: {f}" for f in QUEUE]
)
def test_every_fault_is_in_the_table(kind: str) -> None:
    assert f"\n| {kind} | " in DOCUMENT


def test_every_known_loss_is_told_and_whatever_says_test_has_one_of_its_name() -> None:
    told = {number: text for ids, text in ROWS for number in re.findall(r"\d+", ids)}
    assert sorted(map(int, told)) == list(range(1, 41))
    names = "".join(re.findall(r"def (test_\w+)", TESTS))
    for number, text in told.items():
        assert text.startswith("test") == bool(re.search(rf"_f{number}_", names)), number
