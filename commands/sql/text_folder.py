"""The folder of one process for text that DuckDB reads, and for what it has no memory for.

It holds events, so it is removed with the process. What a killed one left behind is removed by the
next, and by `make forget`, which looks beside the store and nowhere else.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from commands.sql.copy_folder import is_text, own_folders, text_name


class TextFolder:
    """In the root, locked as long as the process lives; if that cannot be, in a temporary one."""

    def __init__(self, root: Path, store: str) -> None:
        self._file: int | None = None
        self.path = root / text_name(store, uuid4().hex)
        try:
            remove_stale(root, store)
            self._hold()
        except OSError:
            self._file = None
            self.path = Path(tempfile.mkdtemp(prefix="putevents-sql-"))
        self.spilled = self.path / "spilled"
        self._text = self.path / "text"
        # Also at the end of a process that does not close it.
        self._remove = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def close(self) -> None:
        """Remove it."""
        self._remove()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @contextmanager
    def opened(self) -> Iterator[Path]:
        """Have a folder for text, which is gone with its files afterwards."""
        if self._file is not None:
            self._hold()
        self._text.mkdir(mode=0o700)
        try:
            yield self._text
        finally:
            shutil.rmtree(self._text, ignore_errors=True)  # `make forget` may have been quicker

    def _hold(self) -> None:
        """Be sure that the folder is there and is locked; another command may have removed it."""
        while self._file is None or not _is_at(self._file, self.path):
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            with suppress(FileExistsError):
                self.path.mkdir(mode=0o700)
            with suppress(FileNotFoundError):
                self._file = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                fcntl.flock(self._file, fcntl.LOCK_EX)


def remove_stale(root: Path, store: str) -> None:
    """Remove the folders whose process has ended: nobody holds their lock."""
    for path in filter(is_text, own_folders(root, store)):
        with suppress(OSError):
            file = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(file)


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
