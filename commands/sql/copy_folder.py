"""What stands in `sql-copy`, by its name: nothing else in it is ever removed.

A person may have put files there, or a link to a bigger disk, which other stores' copies share.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

FOLDER = "sql-copy"
LOCK, DRAFT = "lock", "draft"
_OURS = re.compile(r"[0-9a-f]{32}-([0-9a-f]{8}|text-[0-9a-f]{32})")


def text_name(store: str, random: str) -> str:
    """What the folder is called in which one process keeps text for a moment."""
    return f"{store}-text-{random}"


def is_text(path: Path) -> bool:
    """Whether a folder of ours has such a name."""
    return "-text-" in path.name


def own_folders(root: Path, store: str) -> Iterator[Path]:
    """The folders that `make sql` made; behind a link only this store's."""
    if not root.is_dir():
        return
    for path in sorted(root.iterdir()):
        if (
            _OURS.fullmatch(path.name)
            and not path.is_symlink()
            and path.is_dir()
            and (path.name.startswith(f"{store}-") or not root.is_symlink())
        ):
            yield path


def remove_copy(root: Path, store: str) -> list[Path]:
    """Remove all that `make sql` keeps, also what is in use; what could not be removed."""
    left = []
    for path in own_folders(root, store):
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():
            left.append(path)
    if root.is_dir() and not root.is_symlink() and {*root.iterdir()} <= {root / LOCK}:
        shutil.rmtree(root, ignore_errors=True)
    return left
