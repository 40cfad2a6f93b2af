"""Name pages by their titles where a link's text is a file's name, for readers who see no files."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from commands.site.markdown_page import MarkdownPage, read_page
from commands.site.page_links import file_of

_NAMED = re.compile(r"(?<!!)\[([\w./-]+\.md)\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^ *(```|~~~)")


def titled_links(text: str, path: str, root: Path) -> str:
    """Return a page's text, each `[lake.md](lake.md#x)` with the title of that page or section."""

    def titled(found: re.Match[str]) -> str:
        title = _title(root, path, found[2])
        return f"[{title}]({found[2]})" if title else found[0]

    lines, is_code = [], False
    for line in text.split("\n"):
        is_code ^= bool(_FENCE.match(line))
        lines.append(line if is_code else _NAMED.sub(titled, line))
    return "\n".join(lines)


def misnamed_links(root: Path, path: str) -> list[str]:
    """Return a sentence for each link whose text is the name of another file than its target."""
    return [
        f"{path}:{number}: [{text}] leads to {target}"
        for number, text, target in read_page(root / path).texts
        if re.fullmatch(r"[\w./-]*\w\.[a-z]+", text) and (file := file_of(path, target))
        # A page may describe the file `events.js`; it is not another page.
        if text.endswith(".md") or not file.endswith(".md")
        if not f"/{file}".endswith(f"/{text.removeprefix('../')}")
    ]


def _title(root: Path, path: str, target: str) -> str:
    """The title of a page or section; nothing for a file that is no page."""
    file = file_of(path, target)
    if not file.endswith(".md") or not (root / file).is_file():
        return ""
    page = _page(root / file)
    return page.headings.get(unquote(urlsplit(target).fragment)) or page.title


@cache
def _page(path: Path) -> MarkdownPage:
    return read_page(path)
