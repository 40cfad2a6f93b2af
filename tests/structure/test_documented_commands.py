"""Every `python -m` that a page tells a reader to type works as it is written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# docs/decisions.md tells why, not what to type.
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES.remove(ROOT / "docs/decisions.md")
WRITTEN = sorted(
    {
        (page.name, match)
        for page in PAGES
        for match in re.findall(r"\S*python3? -m [\w.]+(?: [a-z][a-z-]*)?", page.read_text())
    }
)


def test_the_pages_have_some() -> None:
    assert ("put-events.md", ".venv/bin/python -m commands send") in WRITTEN


@pytest.mark.parametrize(("page", "command"), WRITTEN)
def test_a_command_of_a_page_runs_as_it_is_written(page: str, command: str) -> None:
    words = command.lstrip("`(").split()
    done = subprocess.run(  # what the pages say
        [*words, "--help"], cwd=ROOT, env={"PATH": os.defpath}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{page}: {done.stderr}"
    assert "Usage: python -m commands" in done.stdout
