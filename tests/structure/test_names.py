"""No two files share a name, so a name says which file is meant."""

from collections import defaultdict
from pathlib import Path

from tests.structure.source_files import SOURCES, files

# Python's own names, and pytest's.
_SPECIAL = {"__init__", "__main__", "conftest"}


def _repeated(paths: list[Path]) -> dict[str, list[str]]:
    """The stems that stand more than once, with the files that have them."""
    by_stem: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if path.stem not in _SPECIAL and not path.stem.startswith("test_"):
            by_stem[path.stem].append(str(path))
    return {stem: found for stem, found in by_stem.items() if len(found) > 1}


def test_a_files_name_stands_once() -> None:
    folders = [*SOURCES, "tests"]
    repeated = _repeated([path for folder in folders for path in files(folder, "*.py")])

    assert repeated == {}
