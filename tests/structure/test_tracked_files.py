"""What git keeps is a clone's own: no link to somewhere else, and nothing that was built."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = "120000"  # git's mode of a symbolic link


def _git(*words: str) -> list[str]:
    done = subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()


def test_no_tracked_file_is_a_link() -> None:
    assert [line for line in _git("ls-files", "--stage") if line.startswith(LINK)] == []


def test_no_tracked_file_is_one_that_git_ignores() -> None:
    assert _git("ls-files", "--cached", "--ignored", "--exclude-standard") == []


def test_a_link_to_an_environment_is_ignored_like_its_folder() -> None:
    names = [".venv", ".venv-fuzz", "infra/node_modules"]

    assert _git("check-ignore", "--no-index", *names) == names
