"""docs/faults.md has every fault that is tried; docs/reliability.md sums, and known losses."""

import re
from pathlib import Path

import pytest

from tests.faults.edges import DESTINATION, QUEUE

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/reliability.md").read_text()
FAULTS = (ROOT / "docs/faults.md").read_text()
TESTS = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
ROWS = re.findall(r"^\| (F[F\d, ]+) \|.*\| (.*) \|$", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize(
    "kind", [f"destination: {fault}" for fault in DESTINATION] + [f"queue: {f}" for f in QUEUE]
)
def test_every_fault_is_in_the_table(kind: str) -> None:
    assert f"\n| {kind} | " in FAULTS


def test_the_sums_are_those_of_the_table_and_nothing_is_lost() -> None:
    faults, sums = rows(FAULTS, "table"), rows(DOCUMENT, "sums")

    shown = [sum(column) for column in zip(*sums.values(), strict=True)]
    assert shown == [len(faults), *(sum(column) for column in zip(*faults.values(), strict=True))]
    assert f"the {len(faults)} rows, one for each fault" in DOCUMENT
    for sent, stored, rejected, waiting, lost, _ in faults.values():
        assert (sent, lost) == (stored + rejected + waiting, 0)


def rows(page: str, name: str) -> dict[str, list[int]]:
    """A table of a page: its numbers, by the first column."""
    _, _, *lines = (
        page.partition(f"<!-- {name} -->\n")[2].partition("\n<!-- end -->")[0].splitlines()
    )
    cells = [line.strip("| ").split(" | ") for line in lines]
    return {kind: [int(cell.replace(",", "")) for cell in numbers] for kind, *numbers in cells}


def test_every_known_loss_is_told_and_whatever_says_test_has_one_of_its_name() -> None:
    told = {number: text for ids, text in ROWS for number in re.findall(r"\d+", ids)}
    assert sorted(map(int, told)) == list(range(1, 41))
    names = "".join(re.findall(r"def (test_\w+)", TESTS))
    for number, text in told.items():
        assert text.startswith("test") == bool(re.search(rf"_f{number}_", names)), number
