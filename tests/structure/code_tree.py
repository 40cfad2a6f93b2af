"""Read the tree of docs/code.md's section "What stands where".

A line names a folder, two spaces after it say what it is for, and braces list its files, `.py` left
out: `  queue/  the format of messages {messages retry}`. A line is inside the folder of the last
line above that is indented less. What starts with no folder continues the line above.
"""

import re
from pathlib import Path
from typing import NamedTuple

HEADING = "## What stands where"
_FOLDER = re.compile(r"^( *)((?:[\w.-]+/)+)(?:  +|$)(.*)$")


class Folder(NamedTuple):
    """A folder of the tree; `files` are glob patterns as paths from the root."""

    path: str
    duty: str
    files: list[str]


def tree(page: str) -> dict[str, Folder]:
    """Return the folders that the page names, by their paths from the root."""
    block = re.search(rf"^{HEADING}\n+```\n(.*?)^```", page, re.M | re.S)
    if block is None:
        raise ValueError(f"docs/code.md has no tree under {HEADING!r}.")
    folders = [_folder(path, text) for path, text in _lines(block[1])]
    return {folder.path: folder for folder in folders}


def _lines(block: str) -> list[tuple[str, str]]:
    """The path from the root and the text of each folder, continued lines joined."""
    lines: list[tuple[str, str]] = []
    parents: list[tuple[int, str]] = []
    for line in block.splitlines():
        found = _FOLDER.match(line)
        if found is None:
            if not lines:
                raise ValueError(f"docs/code.md's tree begins with no folder: {line}")
            path, text = lines.pop()
            lines.append((path, f"{text} {line.strip()}"))
            continue
        indent, name = len(found[1]), found[2].rstrip("/")
        parents = [parent for parent in parents if parent[0] < indent]
        path = str(Path(parents[-1][1], name)) if parents else name
        parents.append((indent, path))
        lines.append((path, found[3]))
    return lines


def _folder(path: str, text: str) -> Folder:
    listed = re.findall(r"\{([^}]*)\}", text)
    names = [name for part in listed for name in part.split()]
    duty = re.sub(r"\{[^}]*\}", "", text).strip()
    return Folder(path, duty, [str(Path(path, _file(name))) for name in names])


def _file(name: str) -> str:
    special = "." in name or name in ("Makefile", "LICENSE", "Containerfile")
    return name if special else f"{name}.py"
