"""Compare how the site and GitHub read a page: as many lists, tables, headings and code blocks."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

_COUNTED = {"code", "em", "h2", "h3", "li", "ol", "pre", "strong", "table", "tr", "ul"}


class _Article(HTMLParser):
    """Counts elements, of a built page those of its article."""

    def __init__(self, inside: bool) -> None:
        super().__init__()
        self.inside = inside
        self.counts: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "article"
        if self.inside and tag in _COUNTED:
            self.counts[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "article"


def differences(site: Path, root: Path, paths: list[str]) -> list[str]:
    """Return a line for each page that the site does not show as GitHub does."""
    return [
        f"{path}: the site has {built[tag]} <{tag}>, GitHub {read[tag]}"
        for path in paths
        for read, built in [(_read(root / path), _built(site, path))]
        for tag in sorted(_COUNTED)
        if read[tag] != built[tag]
    ]


def _read(page: Path) -> Counter[str]:
    parser = _Article(inside=True)
    parser.feed(MarkdownIt("commonmark").enable("table").render(page.read_text()))
    return parser.counts


def _built(site: Path, path: str) -> Counter[str]:
    page = Path(path)
    folder = page.parent if page.name == "README.md" else page.with_suffix("")
    parser = _Article(inside=False)
    parser.feed((site / folder / "index.html").read_text())
    return parser.counts
