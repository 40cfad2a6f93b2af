"""Files of `DATA_DIR` that only this machine's user can read, also those that were there before."""

import logging
import os
import stat
from pathlib import Path

from local.database import FILE

COPY = "sql-copy"  # of `make sql`
LOG_FILE = "gateway.log"
_ONLY_OURS = 0o077

log = logging.getLogger("local")


def keep_private(folder: Path) -> None:
    """Let nobody else read what stands in the folder, and what this process makes from now on."""
    os.umask(_ONLY_OURS)
    folder = folder.resolve()
    # A folder for everybody, such as /tmp, stays as it is; so do files of others in it.
    if not folder.stat().st_mode & stat.S_ISVTX:
        _restrict(folder)
    for path in (*folder.glob(f"{FILE}*"), *folder.glob(f"{LOG_FILE}*"), *_all_in(folder / COPY)):
        _restrict(path)


def _all_in(folder: Path) -> list[Path]:
    # What stands behind a link may be anybody's.
    return [folder, *folder.rglob("*")] if folder.is_dir() and not folder.is_symlink() else []


def _restrict(path: Path) -> None:
    if path.is_symlink():
        return  # what it leads to may be anybody's
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & _ONLY_OURS:
        return
    try:
        path.chmod(mode & ~_ONLY_OURS)
    except OSError as error:
        log.warning("%s can be read by others (%s)", path, error.strerror)
