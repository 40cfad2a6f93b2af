"""The test projects: one text each, `-- path --` above each file and `== expected ==` at the end."""

import re
from pathlib import Path

FOLDER = Path(__file__).parent
PROJECTS = sorted(path.stem for path in FOLDER.glob("*.txt"))
_FILE = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_EXPECTED = "== expected ==\n"


def unpack(name: str, folder: Path) -> list[str]:
    """Write a project's files; return the lines that are expected."""
    packed, _, expected = (FOLDER / f"{name}.txt").read_text().partition(_EXPECTED)
    for path, text in files(packed):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return expected.splitlines()


def files(packed: str) -> list[tuple[str, str]]:
    """The files of a packed project."""
    _, *parts = _FILE.split(packed)
    return list(zip(parts[::2], parts[1::2], strict=True))


def expect(name: str, lines: list[str]) -> None:
    """Write what is expected of a project, for a reviewer to read."""
    path = FOLDER / f"{name}.txt"
    packed, _, _ = path.read_text().partition(_EXPECTED)
    path.write_text(packed + _EXPECTED + "".join(f"{line}\n" for line in lines))
