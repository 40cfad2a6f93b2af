"""Check the links between the project's pages: files, headings and pictures that are there."""

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from commands.site.markdown_page import MarkdownPage, read_page


def broken_links(root: Path, paths: Iterable[str]) -> list[str]:
    """Return a sentence for each link of these pages that leads nowhere."""
    return [
        f"{path}:{number}: {target} {reason}"
        for path in paths
        for number, target, _ in read_page(root / path).links
        if (reason := _reason(root, path, target))
    ]


def linked_files(root: Path, path: str) -> set[str]:
    """Return the files that a page links to or shows, as paths from the root."""
    targets = (file_of(path, target) for _, target, _ in read_page(root / path).links)
    return {target for target in targets if target and (root / target).is_file()}


def file_of(path: str, target: str) -> str:
    """Return the file that a link of a page means, from the root; nothing for another host's."""
    split = urlsplit(target)
    if split.scheme or split.netloc:
        return ""
    return os.path.normpath(Path(path).parent / unquote(split.path)) if split.path else path


def _reason(root: Path, path: str, target: str) -> str:
    file = file_of(path, target)
    if not file:
        return ""
    if file.startswith((os.pardir, "/")):
        return "leaves the project"
    if not (root / file).is_file():
        return "is a folder: link to a file in it" if (root / file).is_dir() else "does not exist"
    anchor = unquote(urlsplit(target).fragment)
    if anchor and file.endswith(".md") and anchor not in _page(root / file).anchors:
        return "names no heading of that page"
    return ""


@cache
def _page(path: Path) -> MarkdownPage:
    return read_page(path)
