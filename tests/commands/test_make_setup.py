"""How make sets up what it needs: it says what it does, and in a sentence what it cannot do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.deploy_settings import DeploySettings

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


def test_an_environment_without_pip_is_told_in_a_sentence(programs: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", venv], check=True, timeout=SECONDS
    )

    done = make(programs, f"{venv}/run", f"VENV={venv}")

    assert done.returncode == 2
    assert done.stdout == f"{venv} has no pip: rm -rf {venv}, then make makes it anew.\n"


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_environment_is_told_and_stays(
    kind: str, programs: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    if kind == "file":
        venv.write_text("mine")
    else:
        venv.symlink_to(tmp_path / "gone")

    done = make(programs, f"{venv}/run", f"VENV={venv}")

    assert done.returncode == 2
    assert done.stdout.startswith(f"{venv} is no folder, or a link to none: move it away")
    assert venv.is_file() or venv.is_symlink()


def test_a_python_that_is_not_there_is_told(programs: Path, tmp_path: Path) -> None:
    done = make(programs, f"{tmp_path}/venv/run", f"VENV={tmp_path}/venv", "PYTHON=nope")

    assert done.returncode == 2
    assert done.stdout.startswith("There is no such program: PYTHON=nope. Name a Python")


@pytest.mark.parametrize(
    ("target", "name"),
    [("lambda-python", "RUNTIME"), ("bench", "ROWS"), ("bench", "WRITE"), ("outages", "SCALE"),
     ("fuzz-contract", "SEED"), ("load", "SECONDS"), ("flood", "RATE")],
)  # fmt: skip
def test_a_value_is_a_word_and_nothing_that_runs(target: str, name: str, programs: Path) -> None:
    said = make(programs, "-n", target, f"{name}=\"; 'id'; \"").stdout

    assert """ '"; '\\''id'\\''; "'""" in said


@pytest.mark.parametrize("has_ensurepip", [True, False])
def test_a_python_that_cannot_make_an_environment_leaves_none(
    has_ensurepip: bool, programs: Path, tmp_path: Path
) -> None:
    venv = tmp_path / "venv"
    asked = f'[ "$2" = "import ensurepip" ] && exit {int(not has_ensurepip)}'
    made = f'[ "$2" = venv ] && mkdir -p {venv}/bin && exit 1; {asked}; exit 0'
    put(programs, "python-of-debian", made)

    done = make(programs, f"{venv}/run", f"VENV={venv}", "PYTHON=python-of-debian")

    assert done.returncode == 2
    assert f"Python could not make {venv}; it has said why." in done.stdout
    assert ("apt-get install python3-venv" in done.stdout) == (not has_ensurepip)
    assert not venv.exists()


def test_where_home_cannot_be_written_caches_go_elsewhere(programs: Path, tmp_path: Path) -> None:
    home = tmp_path / "no home"
    done = make(programs, "-pn", "check", HOME=str(home))

    caches = f"{ROOT}/.build/caches"
    assert f"{home} does not exist: caches go to {caches}." in done.stderr
    assert f"HOME := {caches}/home" in done.stdout
    for name in ("JSII_RUNTIME_PACKAGE_CACHE_ROOT", "CDK_HOME", "UV_CACHE_DIR",
                 "UV_PYTHON_INSTALL_DIR", "npm_config_cache"):  # fmt: skip
        assert re.search(rf"^{name} := {caches}/", done.stdout, re.MULTILINE)


def test_a_home_that_is_not_set_is_told_where_something_is_made(programs: Path) -> None:
    assert make(programs, "-n", "check").stderr.startswith("HOME is not set: caches go to ")
    assert make(programs, "help").stderr == ""


def test_the_functions_python_is_the_default_of_lambda_python(programs: Path) -> None:
    default = DeploySettings.model_fields["runtime"].default.removeprefix("python")

    for words, version in (([], default), (["RUNTIME=python3.12"], "3.12")):
        done = make(programs, "-n", "lambda-python", *words)
        assert (
            done.stdout.splitlines()[-1] == f".venv/bin/uv python install --no-bin -- '{version}'"
        )


def test_a_home_that_can_be_written_is_used(programs: Path, tmp_path: Path) -> None:
    done = make(programs, "-pn", "help", HOME=str(tmp_path))

    assert "cannot be written" not in done.stderr
    assert "CDK_HOME" not in done.stdout
