"""Find an interpreter of the functions' Python on this machine: only it can write its bytecode."""

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

_ASK = (
    "import platform, sys; print(*sys.version_info[:2], sep='.'); print(platform.python_version())"
)


class Interpreter(NamedTuple):
    """A program, and its version to the patch."""

    path: Path
    version: str


@cache
def find(python: str) -> Interpreter | None:
    """Return an interpreter of a version like 3.13, or None if this machine has none."""
    for path in _candidates(python):
        if version := _version(path, python):
            return Interpreter(path, version)
    return None


def _candidates(python: str) -> Iterator[Path]:
    """Yield this interpreter, those on the PATH, and those that pyenv and uv have installed."""
    yield Path(sys.executable)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder or ".") / f"python{python}"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")
    yield from sorted(pyenv.glob(f"{python}.*/bin/python{python}"), reverse=True)
    yield from sorted(uv.glob(f"cpython-{python}.*/bin/python{python}"), reverse=True)


def _version(path: Path, python: str) -> str | None:
    """Return the program's full version if it runs, and is what its name says."""
    if not path.is_file():
        return None
    # pyenv puts a script on the PATH for each version, also for those that are switched off.
    asked = subprocess.run(  # noqa: S603 - found where interpreters are
        [path, "-I", "-S", "-c", _ASK], check=False, capture_output=True, text=True, timeout=30
    )
    told = asked.stdout.split()
    return told[1] if asked.returncode == 0 and told[:1] == [python] else None
