"""docs/code.md's tree names every folder and file of the source, and nothing else."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.structure.code_tree import tree
from tests.structure.source_files import ROOT, SOURCES, files, root_files

TREE = tree((ROOT / "docs/code.md").read_text())
# The tests' own files have their names and first lines; the tree names their folders.
FOLDERS_ONLY = "tests"
_UNLISTED = {"__init__.py"}


def _source_files() -> list[str]:
    found = [path for folder in (*SOURCES, "docs") for path in files(folder)]
    return [str(path) for path in [*root_files(), *found] if path.name not in _UNLISTED]


def _source_folders() -> set[str]:
    parents = {str(Path(path).parent) for path in _source_files()}
    tests = {str(Path(*path.parts[:2])) for path in files(FOLDERS_ONLY) if len(path.parts) > 2}
    return parents | tests | {FOLDERS_ONLY}


def test_every_folder_is_in_the_tree() -> None:
    missing = sorted(_source_folders() - TREE.keys())

    assert missing == [], f"docs/code.md's tree lacks the folders {missing}"


def test_every_file_is_in_the_tree() -> None:
    listed = [pattern for folder in TREE.values() for pattern in folder.files]
    missing = [path for path in _source_files() if not any(fnmatch(path, p) for p in listed)]

    assert missing == [], f"docs/code.md's tree lacks the files {missing}"


def test_the_tree_names_nothing_that_is_not_there() -> None:
    gone = [path for path in TREE if not (ROOT / path).is_dir()]
    gone += [file for folder in TREE.values() for file in folder.files if not _exists(file)]

    assert gone == [], f"docs/code.md's tree names what is not there: {gone}"


def _exists(pattern: str) -> bool:
    return any(path.is_file() for path in ROOT.glob(pattern))


@pytest.mark.parametrize("path", TREE)
def test_the_tree_says_what_a_folder_is_for(path: str) -> None:
    assert TREE[path].duty
