"""One verb for one idea: parts are validated, and accepted or rejected."""

import re
from pathlib import Path

import pytest

from tests.structure.source_files import ROOT, SOURCES, files, root_files

BANNED = re.compile(r"\w*(?:refus|judg)\w*", re.I)
# What others call so: the operating system's word for a closed port.
_STANDARD_TERMS = re.compile(
    r"ConnectionRefused|ECONNREFUSED|connections? (is |are )?refused", re.I
)
_TEXTS = {".py", ".js", ".md", ".sql", ".toml", ".json", ""}
# Occurrences that are left; the numbers only get smaller, and at nought an entry goes.
_LEFT = {"docs": 5}


def _banned(path: Path) -> list[str]:
    """The banned words of a file, with the numbers of their lines."""
    text = _STANDARD_TERMS.sub("", (ROOT / path).read_text())
    return [
        f"{path}:{number}: {word}"
        for number, line in enumerate(text.splitlines(), 1)
        for word in BANNED.findall(line)
    ]


@pytest.mark.parametrize("folder", [*SOURCES, "docs", "."])
def test_no_second_word_for_rejecting_and_validating(folder: str) -> None:
    paths = root_files() if folder == "." else files(folder)
    found = [word for path in paths if path.suffix in _TEXTS for word in _banned(path)]

    assert len(found) <= _LEFT.get(folder, 0), "\n".join(found)
