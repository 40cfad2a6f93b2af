"""The test projects: one text each, `-- path --` above a file, `== expected ==` at the end."""

import re
import sys
import tempfile
from pathlib import Path

from commands.doctor.examine import examine
from commands.doctor.project_files import Walk

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


def found(folder: Path) -> list[str]:
    """What the doctor finds in a folder, a line a use; in brackets what may stay."""
    uses = sorted(examine(Walk(folder)).advice, key=lambda use: (use.file, use.line, use.what))
    return [
        f"{use.file}:{use.line} {use.what}: "
        + (f"{use.verdict}" if use.to_do else f"({use.verdict})")
        for use in uses
    ]


def expect(name: str) -> None:
    """Write what is found as what is expected, for a reviewer to read."""
    path = FOLDER / f"{name}.txt"
    packed, _, _ = path.read_text().partition(_EXPECTED)
    with tempfile.TemporaryDirectory() as folder:
        unpack(name, Path(folder))
        lines = found(Path(folder))
    path.write_text(packed + _EXPECTED + "".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    for each in sys.argv[1:] or PROJECTS:
        expect(each)
