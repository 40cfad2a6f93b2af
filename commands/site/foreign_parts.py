"""Find what a built site would load from elsewhere: it must load nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

_LOADED = {"img": "src", "script": "src", "source": "src", "iframe": "src", "link": "href"}
# A link element that says something and loads nothing.
_SAYS_ONLY = {"canonical", "prev", "next", "alternate"}
_IN_STYLE = re.compile(r"(?:@import\s*|url\(\s*)[\"']?((?:https?:)?//[^\"')\s]+)")


class _Parts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not (tag == "link" and given.get("rel") in _SAYS_ONLY):
            self.loaded.append(given.get(_LOADED.get(tag, "")) or "")


def foreign_parts(site: Path) -> list[str]:
    """Return a line for each picture, script or style of a site that another host would serve."""
    return [
        f"{path.relative_to(site)} loads {address}"
        for path in sorted(site.rglob("*"))
        for address in _loaded(path)
        if urlsplit(address).netloc
    ]


def _loaded(path: Path) -> list[str]:
    if path.suffix == ".css":
        return _IN_STYLE.findall(path.read_text())
    if path.suffix != ".html":
        return []
    text = path.read_text()
    parts = _Parts()
    parts.feed(text)
    return parts.loaded + _IN_STYLE.findall(" ".join(re.findall(r"<style.*?</style>", text, re.S)))
