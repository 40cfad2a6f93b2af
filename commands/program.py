"""How a person types this program: from the folder in which they stand."""

import os
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]


def typed(command: str) -> str:
    """A command line of `python -m commands`, which is found in the project's folder only."""
    line = f".venv/bin/python -m commands {command}"
    # `make -C` runs in the project's folder, wherever who typed it stands.
    here = Path(os.environ.get("TYPED_IN") or Path.cwd())
    return line if here.resolve() == ROOT else f"cd {shlex.quote(str(ROOT))} && {line}"
