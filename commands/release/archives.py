"""The Lambda packages as zip files, the same bytes for the same files."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time in a zip file
_MODE = 0o100644 << 16


def archive_name(code: str, version: str, architecture: str, runtime: str) -> str:
    """Return the name of a package's zip file."""
    return f"{code}-{version}-{architecture}-{runtime}.zip"


def write_archive(folder: Path, archive: Path) -> None:
    """Write all files of a folder in the order of their names, without this machine's times."""
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr, entry.compress_type = _MODE, ZIP_DEFLATED
            zipped.writestr(entry, file.read_bytes())
