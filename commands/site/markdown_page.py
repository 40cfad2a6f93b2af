"""Read a Markdown page: its title, its opening sentence, its links, its anchors and its prose."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable("table")
ENOUGH_WORDS = 12
_FOR_WHOM = re.compile(r"(For developers|For anybody|You|Your|Someone) ")
# A part that a program writes stands between <!-- its name --> and <!-- end -->.
_GENERATED = re.compile(r"<!-- (?!end\b)([a-z ]+) -->$")
_GENERATED_END = re.compile(r"<!-- (end|/[a-z ]+) -->$")
_ANCHOR = re.compile(r"<a (?:name|id)=\"([^\"]+)\"")


class Line(NamedTuple):
    """Some text of a page, and the number of the line where it begins."""

    number: int
    text: str
    is_heading: bool = False


class Link(NamedTuple):
    """A link's line, its text and its target."""

    number: int
    text: str
    target: str


@dataclass
class MarkdownPage:
    """A page as a reader sees it; `prose` has neither code nor generated parts."""

    title: str = ""
    opening: str = ""
    links: list[Line] = field(default_factory=list)
    texts: list[Link] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    headings: dict[str, str] = field(default_factory=dict)  # by anchor
    prose: list[Line] = field(default_factory=list)

    @property
    def purpose(self) -> str:
        """The opening's first sentences, up to one that says the purpose and not only for whom."""
        said = ""
        for sentence in re.split(r"(?<=[.!?])\s", self.opening):
            said = f"{said} {sentence}".strip()
            if len(said.split()) >= ENOUGH_WORDS and not _FOR_WHOM.match(sentence):
                break
        return said


def read_page(path: Path) -> MarkdownPage:
    """Read a page from its file."""
    return parse_page(path.read_text())


def parse_page(text: str) -> MarkdownPage:
    """Read a page from its text."""
    page = MarkdownPage()
    tokens = _PARSER.parse(text)
    generated = False
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "html_block":
            page.anchors.update(_ANCHOR.findall(token.content))
            generated = _is_generated(token.content.strip(), generated)
        elif token.type == "inline" and before is not None:
            _add_inline(page, before, token, generated)
    page.opening = _opening(tokens)
    return page


def _is_generated(mark: str, generated: bool) -> bool:
    if _GENERATED_END.match(mark):
        return False
    return generated or _GENERATED.match(mark) is not None


def _add_inline(page: MarkdownPage, before: Token, token: Token, generated: bool) -> None:
    number = (token.map or [0])[0] + 1
    parts = token.children or []
    page.links += [Line(number, target) for part in parts if (target := _target(part))]
    page.texts += _link_texts(number, parts)
    page.anchors.update(_ANCHOR.findall(token.content))
    plain = _plain(parts)
    if before.type == "heading_open":
        heading = _plain(parts, code=True)
        anchor = _new_anchor(heading, page.anchors)
        page.anchors.add(anchor)
        page.headings[anchor] = heading
        if before.tag == "h1" and not page.title:
            page.title = _plain(parts, code=True)
    if not generated:
        page.prose.append(Line(number, plain, before.type == "heading_open"))


def _target(part: Token) -> str:
    return str(part.attrs.get("href") or part.attrs.get("src") or "")


def _link_texts(number: int, parts: list[Token]) -> Iterator[Link]:
    for at, part in enumerate(parts):
        if part.type == "link_open":
            ends = (n for n in range(at, len(parts)) if parts[n].type == "link_close")
            yield Link(number, _plain(parts[at : next(ends)], code=True), _target(part))


def _plain(parts: list[Token], *, code: bool = False) -> str:
    """The text of a paragraph or a heading; code becomes `…`, unless it is wanted."""
    return "".join(_texts(parts, code)).strip()


def _texts(parts: list[Token], code: bool) -> Iterator[str]:
    for part in parts:
        if part.type in ("text", "image"):
            yield part.content
        elif part.type == "code_inline":
            yield part.content if code else "…"
        elif part.type in ("softbreak", "hardbreak"):
            yield " "


def _new_anchor(heading: str, taken: set[str]) -> str:
    """GitHub's anchor of a heading: the second of a name ends in -1."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    number = 0
    while (numbered := f"{anchor}-{number}" if number else anchor) in taken:
        number += 1
    return numbered


def _opening(tokens: list[Token]) -> str:
    """The paragraph under the title; nothing if a section, code or a table comes first."""
    inside = [token for token in tokens if token.type not in ("html_block", "heading_close")]
    if len(inside) < 4 or inside[0].tag != "h1" or inside[2].type != "paragraph_open":
        return ""
    return _plain(inside[3].children or [], code=True)
