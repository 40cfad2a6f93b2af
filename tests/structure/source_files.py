"""The project's own files, by folder, without what was built or installed."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Folders of code for the deployment, the laptop and the people who use them.
SOURCES = ("lambda_src", "infra", "local", "commands", "clients")
_NOT_OURS = {"__pycache__", "node_modules"}


def files(folder: str, pattern: str = "*") -> Iterator[Path]:
    """Yield the files under a folder as paths from the root; nothing if there is no such folder."""
    for path in sorted((ROOT / folder).rglob(pattern)):
        relative = path.relative_to(ROOT)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and not _NOT_OURS & set(relative.parts):
            yield relative


def root_files() -> Iterator[Path]:
    """Yield the files that stand in no folder."""
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(ROOT)


def python_files() -> list[Path]:
    """Return every Python file of the project."""
    folders = [*SOURCES, "tests"]
    return [Path("app.py"), *(path for folder in folders for path in files(folder, "*.py"))]
