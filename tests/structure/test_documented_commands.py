"""Every `python -m` that a page tells a reader to type works as it is written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from commands.site.navigation import entries

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(
    {
        (page, match)
        for page in (entry.path for entry in entries())
        for match in re.findall(
            r"[.\w/-]+/python3? -m commands(?: [a-z][a-z-]*)?", (ROOT / page).read_text()
        )
    }
)


def test_the_pages_have_some() -> None:
    assert ("docs/put-events.md", ".venv/bin/python -m commands send") in WRITTEN


@pytest.mark.parametrize(("page", "command"), WRITTEN)
def test_a_command_of_a_page_runs_as_it_is_written(page: str, command: str) -> None:
    words = command.lstrip("`(").split()
    done = subprocess.run(  # what the pages say
        [*words, "--help"], cwd=ROOT, env={"PATH": os.defpath}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{page}: {done.stderr}"
    assert "Usage: python -m commands" in done.stdout
