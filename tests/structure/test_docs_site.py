"""The documentation site has every page, its links lead somewhere, and llms.txt is of today."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from commands.site.foreign_parts import foreign_parts
from commands.site.list_indents import indented_by_four
from commands.site.llms_text import FILE, llms_text
from commands.site.markdown_page import parse_page, read_page
from commands.site.navigation import CONFIG, entries
from commands.site.page_links import broken_links, linked_files
from commands.site.same_reading import differences
from commands.site.search_index import ordered
from commands.site.site_source import lay_out
from tests.structure.source_files import ROOT, SOURCES, files

LONGEST_TITLE = 45  # characters
PATHS = [entry.path for entry in entries()]
TEXTS = sorted(
    {"README.md", "CONTRIBUTING.md", "SECURITY.md", *PATHS}
    | {str(path) for folder in ("docs", *SOURCES) for path in files(folder, "*.md")}
)


def test_every_page_is_in_the_navigation_once() -> None:
    wanted = {"README.md", *map(str, files("docs", "*.md"))}
    wanted |= {
        file for path in PATHS if (ROOT / path).is_file() for file in linked_files(ROOT, path)
        if file.endswith(".md")
    }  # fmt: skip
    missing = [f'{{ "Its name" = "{path}" }},' for path in sorted(wanted - {*PATHS})]
    gone = [path for path in PATHS if not (ROOT / path).is_file()]

    config = CONFIG.relative_to(ROOT)
    assert not missing, f"{config}: add to `nav`, where a reader looks:\n" + "\n".join(missing)
    assert not gone, f"{config}: `nav` lists pages that are not there:\n" + "\n".join(gone)
    assert [path for path, times in Counter(PATHS).items() if times > 1] == []


def test_every_group_has_a_name_and_every_name_stands_once() -> None:
    titles = {entry.path: read_page(ROOT / entry.path).title for entry in entries()}
    names = Counter(entry.name or titles[entry.path] for entry in entries())
    long = [title for title in titles.values() if len(title) > LONGEST_TITLE]

    assert all(entry.group for entry in entries())
    assert [name for name, times in names.items() if times > 1] == []
    assert not long, f"titles that do not fit the navigation: {long}"


def test_llms_txt_is_of_today() -> None:
    assert FILE.read_text() == llms_text(), "make docs writes llms.txt"


@pytest.mark.parametrize("path", TEXTS)
def test_the_links_of_a_page_lead_somewhere(path: str) -> None:
    broken = broken_links(ROOT, [path])

    assert not broken, "\n" + "\n".join(broken)


def test_the_search_finds_pages_for_users_first() -> None:
    places = [
        "CHANGELOG/",
        "CHANGELOG/#a",
        "docs/decisions/#b",
        "docs/decisions/lake/#c",
        "docs/lake/",
        "",
    ]
    found = ordered([{"location": place, "text": "x"} for place in places])

    assert [(item["location"], item["text"]) for item in found] == [
        ("docs/lake/", "x"),
        ("", "x"),
        ("CHANGELOG/", ""),
        ("docs/decisions/#b", "x"),
    ]


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## A `part`, here\n\n## Twice\n\n## Twice\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.md").write_text(
        "# Page\n\n[1](other.md#a-part-here) [2](other.md#twice-1) [3](#page) "
        "[4](https://example.com/no#thing) `[5](code.md)`\n\n"
        "[6](gone.md) [7](other.md#gone) ![8](gone.png)\n\n| a |\n| - |\n"
        "| [9](folder) [10](../up.md) [11](#gone) |\n"
    )

    assert broken_links(tmp_path, ["page.md"]) == [
        "page.md:5: gone.md does not exist",
        "page.md:5: other.md#gone names no heading of that page",
        "page.md:5: gone.png does not exist",
        "page.md:9: folder is a folder: link to a file in it",
        "page.md:9: ../up.md leaves the project",
        "page.md:9: #gone names no heading of that page",
    ]


def test_parts_of_a_site_that_come_from_elsewhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<link rel="canonical" href="https://me.example/"><link rel="icon" href="icon.svg">'
        '<script src="https://cdn.example/x.js"></script><img src="//cdn.example/x.png">'
        '<a href="https://elsewhere.example/">read</a>'
        "<style>a { background: url(https://cdn.example/b.png) }</style>"
    )
    (tmp_path / "x.css").write_text('@import "https://fonts.example/f.css"; a { color: red }')

    assert foreign_parts(tmp_path) == [
        "index.html loads https://cdn.example/x.js",
        "index.html loads //cdn.example/x.png",
        "index.html loads https://cdn.example/b.png",
        "x.css loads https://fonts.example/f.css",
    ]


def test_lists_are_indented_as_the_site_reads_them() -> None:
    assert indented_by_four("Text\n1. a\n   b\n   - c\n\n     ```\n     d\n     ```\n2. e\n") == (
        "Text\n\n1. a\n    b\n    - c\n\n        ```\n        d\n        ```\n\n2. e\n"
    )
    assert indented_by_four("```\n- a\n  b\n```\n") == "```\n- a\n  b\n```\n"


def test_a_page_that_the_site_shows_otherwise_is_found(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page.md").write_text("# Page\n\n- a\n- b\n")
    (tmp_path / "page/index.html").write_text(
        "<ul><li>menu</ul><article><h1>Page</h1><p>- a - b</p></article><ul></ul>"
    )

    assert differences(tmp_path, tmp_path, ["page.md"]) == [
        "page.md: the site has 0 <li>, GitHub 2",
        "page.md: the site has 0 <ul>, GitHub 1",
    ]


def test_an_opening_is_the_paragraph_under_the_title() -> None:
    assert parse_page("# Title\n\nOne `two` three. Four.\n").purpose == "One two three. Four."
    assert parse_page(f"# Title\n\n{'word ' * 12}end. More.\n").purpose == f"{'word ' * 12}end."
    assert parse_page("# Title\n\n## Section\n\nText.\n").opening == ""
    assert parse_page("# Title\n\n```\ncode\n```\n\nText.\n").opening == ""


def test_the_site_gets_the_pages_as_they_are_their_files_and_its_address(tmp_path: Path) -> None:
    lay_out(tmp_path, 'https://docs.example.com/gate"way')
    source = tmp_path / "source"
    project = tomllib.loads((tmp_path / CONFIG.name).read_text())["project"]

    assert project["site_url"] == 'https://docs.example.com/gate"way/'
    assert all((source / path).is_file() for path in PATHS)
    assert (source / project["theme"]["favicon"]).is_file()
    assert (tmp_path / project["theme"]["custom_dir"] / "404.html").is_file()
    assert broken_links(source, PATHS) == []


def test_a_picture_has_its_dark_one_in_the_dark(tmp_path: Path) -> None:
    lay_out(tmp_path)
    shown = (tmp_path / "source/docs/live-page.md").read_text()

    assert re.search(
        r"\(images/live\.png#only-light\)!\[.+\]\(images/live-dark\.png#only-dark\)", shown
    )
    assert (tmp_path / "source/docs/images/live-dark.png").is_file()
