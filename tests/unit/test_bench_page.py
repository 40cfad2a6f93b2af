"""docs/performance.md is true to itself: which rows miss, that each says why, and on which day."""

import re
from datetime import date

import pytest

from tests.benchmarks import bench, bench_laptop, bench_page
from tests.benchmarks.bench_page import MISSED, PAGE, noted, sentence, table, with_laptop
from tests.benchmarks.bench_rows import ROWS, Figure
from tests.benchmarks.paired import Spread

PAGE_NOW = PAGE.read_text()
PROSE = re.sub(r"<!-- (\w+) missed -->.*?<!-- end -->|^\|.*?$", "", PAGE_NOW, flags=re.S | re.M)
LINES = [
    pytest.param(name, line, cells, id=cells[0])
    for name in bench_page.TABLES
    for line, cells in table(PAGE_NOW, name).items()
]
SLOW, QUICK = (Figure(Spread.of([1.5]), Spread.of([ratio])) for ratio in (9.876, 0.1))


@pytest.mark.parametrize(("name", "line", "cells"), LINES)
def test_a_row_is_marked_and_explained_where_it_misses(
    name: str, line: str, cells: list[str]
) -> None:
    place, target = (3, 5) if name == "bench" else (1, 2)
    figure, bound = (float(re.sub(r"[^0-9. ]", "", cells[at]).split()[0]) for at in (place, target))
    missed = figure < bound if "at least" in cells[target] else figure > bound
    assert (MISSED in line) == missed
    assert not missed or re.search(rf"\*\*([^*]+; )?{re.escape(cells[0])}", PROSE)
    day = cells[-1].removesuffix(bench.BUSY)
    assert date.fromisoformat(day).isoformat() == day


def test_the_page_has_every_row_with_its_target() -> None:
    shown = [(work, against, target) for work, against, _, _, _, target, _ in
             table(PAGE_NOW, "bench").values()]  # fmt: skip
    assert shown == [(row.work, row.against, f"{row.target:.2f}") for row in ROWS]


@pytest.mark.parametrize("name", bench_page.TABLES)
def test_the_page_counts_its_misses(name: str) -> None:
    assert f"<!-- {name} missed -->\n{sentence(PAGE_NOW, name)}\n<!-- end -->" in PAGE_NOW


def test_a_row_that_is_measured_is_counted_and_the_others_keep_their_day() -> None:
    page, row = PAGE_NOW, ROWS[4]
    for each in ROWS:
        page = noted(page, each, QUICK, "2030-01-01")
    assert f"All {len(ROWS)} rows meet the targets that we set." in page
    page = noted(page, row, SLOW, "2030-01-02, busy")
    assert f"1 of {len(ROWS)} rows misses the target that we set: {row.work}." in page
    days = [cells[-1] for cells in table(page, "bench").values()]
    assert days == ["2030-01-01"] * 4 + ["2030-01-02, busy"] + ["2030-01-01"] * (len(ROWS) - 5)
    assert "| 9.88 missed |" in page


def test_the_laptops_rows_are_counted_too() -> None:
    rows = [bench_laptop.Row("a", 1, "s", 2), bench_laptop.Row("b", 1, "s", 2, at_least=True)]
    page = with_laptop(PAGE_NOW, rows, "2030-01-01")
    assert "| b | 1.00 s missed | at least 2 | 2030-01-01 |" in page
    assert "1 of 2 rows misses the target that we set: b." in page
    assert sentence(page, "bench") == sentence(PAGE_NOW, "bench")


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("", bench.PARTS), (" , ", bench.PARTS), ("warm, Queue", ["warm", "queue"]),
        ("WARM,,size,", ["warm", "size"]),
    ],
)  # fmt: skip
def test_parts_are_named_with_blanks_and_in_any_case(wanted: str, parts: list[str]) -> None:
    assert bench.chosen(wanted) == parts


def test_a_part_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="ROWS=warmth: the parts are cold, warm"):
        bench.chosen("warm, warmth")
    with pytest.raises(SystemExit, match="WRITE=maybe: yes or no"):
        bench.is_writing("maybe", 1, 2)


@pytest.mark.parametrize(
    ("asked", "load", "writing", "told"),
    [
        ("", 1, True, ""), ("no", 1, False, ""), ("yes", 1, True, ""),
        ("", 9, False, "performance.md stays as it is (WRITE=yes)"), ("no", 9, False, "stays"),
        ("yes", 9, True, "the rows are marked so"),
    ],
)  # fmt: skip
def test_a_busy_machine_writes_when_it_is_asked_to(
    asked: str, load: float, writing: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.is_writing(asked, load, 2) == writing
    assert told in capsys.readouterr().out
