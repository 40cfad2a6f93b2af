"""docs/security.md names tests that there are, one at least for each attack."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
_NAMED = re.compile(r"`(test_\w+)`")


def defined() -> set[str]:
    """The names of all tests."""
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"def (test_\w+)\(", file.read_text())}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(_NAMED.findall(PAGE))

    assert len(named) > 30
    assert sorted(named - defined()) == []


def test_every_attack_has_a_test() -> None:
    rows = [line for line in PAGE.split("## ")[1].splitlines() if line.startswith("| ")][2:]

    assert len(rows) > 10
    assert [row for row in rows if not _NAMED.search(row.split("|")[4])] == []


def test_nobody_is_asked_to_report_a_weakness_in_public() -> None:
    text = (ROOT / "SECURITY.md").read_text()

    assert "private vulnerability reporting" in text
    assert "@" not in text
