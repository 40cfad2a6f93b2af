"""Names of files in DuckDB's SQL, whatever characters are in them."""

import re
from pathlib import Path

_WILD = re.compile(r"[*?[]")


def path_text(path: Path | str) -> str:
    """A path as a text of SQL: to write to."""
    return "'" + str(path).replace("'", "''") + "'"


def to_read(path: Path | str) -> str:
    """A path as a pattern that finds that file: DuckDB takes each name to read for a pattern.

    A name that has a backslash besides is not found: nothing escapes one in a pattern.
    """
    return _WILD.sub(r"[\g<0>]", str(path))


def parquet(*paths: Path) -> str:
    """Files to read, as a table of SQL."""
    return f"read_parquet([{', '.join(path_text(to_read(path)) for path in paths)}])"
