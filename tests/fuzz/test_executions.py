"""The table of executions says what was counted, and its page's sums are right."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from tests.fuzz.executions import PAGE, counts_of, section
from tests.fuzz.run_fuzzer import SHARES


def test_the_table_has_each_count_and_the_sums(tmp_path: Path) -> None:
    (tmp_path / "counts-000000000001-changed.json").write_text(json.dumps({"json": 1000}))
    (tmp_path / "counts-000000000002.json").write_text(json.dumps({"json": 23, "queue": 1}))
    written = section(counts_of(tmp_path), {"queue": 7}, datetime(2026, 11, 26, 1, 2, tzinfo=UTC))
    assert "on 26 November 2026 at 01:02 UTC" in written
    assert "1,024 are done" in written
    rows = _rows(written)
    assert rows["0000000-changed"] == [1000, *[0] * 8, 1000]
    assert rows["0000000"] == [23, *[0] * 6, 1, 0, 24]
    assert rows["all"] == [1023, *[0] * 6, 1, 0, 1024]
    assert rows["cases in the corpus"] == [0] * 7 + [7, 0, 7]


def test_the_pages_sums_are_right() -> None:
    text = PAGE.read_text()
    rows = _rows(text)
    total, _ = rows.pop("all"), rows.pop("cases in the corpus")
    assert [sum(column) for column in zip(*rows.values(), strict=True)] == total
    assert sum(total[:-1]) == total[-1]
    assert f"{total[-1]:,} are done" in text


def _rows(text: str) -> dict[str, list[int]]:
    found = re.findall(r"^\| `?([^|`]+?)`? \| ([\d,| ]+) \|$", text, re.M)
    rows = {name: [int(n.replace(",", "")) for n in numbers.split("|")] for name, numbers in found}
    assert all(len(numbers) == len(SHARES) + 1 for numbers in rows.values())
    return rows
