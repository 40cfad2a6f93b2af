"""How make sets up what it needs: it says what it does, and in a sentence what it cannot do."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 60


@pytest.fixture(name="programs")
def _programs(tmp_path: Path) -> Path:
    """A folder of programs that come before the machine's own."""
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def put(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def make(programs: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run make with those programs first; MAKELEVEL lets it take a variable of its own."""
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "MAKELEVEL": "1", **more}
    return subprocess.run(
        ["make", "--no-print-directory", *words], cwd=ROOT, env=environment, capture_output=True,
        text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


def test_what_root_gets_installed_is_said_before(programs: Path) -> None:
    put(programs, "id", "echo 0")
    put(programs, "apt-get", f"echo $@ >> {programs}/asked; exit 1")

    done = make(programs, "client-programs", "PROGRAMS=a-browser")

    assert done.stdout.startswith("You are root: installing Debian's a-browser with apt-get")
    assert "apt-get could not install a-browser." in done.stdout
    assert (programs / "asked").read_text() == "update\n"


def test_who_is_not_root_is_told_what_is_left_out(programs: Path) -> None:
    put(programs, "id", "echo 1000")
    put(programs, "apt-get", f"touch {programs}/asked")

    done = make(programs, "client-programs", "PROGRAMS=a-browser")

    assert done.returncode == 0
    assert done.stdout.startswith("Not installed: a-browser. Tests that need it are skipped")
    assert not (programs / "asked").exists()
