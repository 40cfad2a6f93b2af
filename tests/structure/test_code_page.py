"""The changes that docs/code.md proposes to its reader can be made in the code of today."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/code.md"
_LINK = r"\[[^]]+\]\(([^)]+)\)"
_ROW = re.compile(rf"^\| {_LINK} \| `(.+?)` \| `(.+?)` \| (\d): .+? \| {_LINK} \|$", re.MULTILINE)
# A table's cell has its bars escaped.
ROWS = [[cell.replace(r"\|", "|") for cell in row] for row in _ROW.findall(PAGE.read_text())]


def test_each_promise_has_a_change_that_breaks_it() -> None:
    assert {int(promise) for *_, promise, _ in ROWS} == {*range(1, 9)}


@pytest.mark.parametrize(("file", "old", "new", "promise", "test"), ROWS)
def test_a_change_can_be_made(file: str, old: str, new: str, promise: str, test: str) -> None:
    source = (PAGE.parent / file).read_text()

    assert source.count(old) == 1
    compile(source.replace(old, new), file, "exec")
    assert (PAGE.parent / test).is_file(), promise
