"""A page's title, its opening and its links say what a reader finds there."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from commands.site.markdown_page import ENOUGH_WORDS, read_page
from commands.site.navigation import Entry, entries
from commands.site.page_links import file_of
from commands.site.page_titles import misnamed_links, titled_links
from tests.structure.source_files import ROOT
from tests.structure.test_docs_site import PATHS, TEXTS

MOST_WORDS = 60  # of a page's line in llms.txt


@pytest.mark.parametrize("path", PATHS)
def test_no_heading_is_empty(path: str) -> None:
    tokens = [token for token in MarkdownIt().parse((ROOT / path).read_text()) if token.level == 0]
    ends = [(token, after) for token, after in zip(tokens, [*tokens[1:], None], strict=True)]
    empty = [
        token.tag
        for token, after in ends
        if token.type == "heading_close"
        and (after is None or (after.type == "heading_open" and after.tag <= token.tag))
    ]

    assert not empty, f"{path} has a heading with nothing under it"


@pytest.mark.parametrize("entry", [e for e in entries() if e.name and e.path != "README.md"])
def test_a_page_has_its_title_in_the_navigation(entry: Entry) -> None:
    # "Decisions: the queue" is "The queue" in the group "Decisions".
    assert read_page(ROOT / entry.path).title.lower().endswith(entry.name.lower())


@pytest.mark.parametrize("path", PATHS)
def test_the_opening_of_a_page_says_its_purpose(path: str) -> None:
    purpose = read_page(ROOT / path).purpose

    assert len(purpose.split()) >= ENOUGH_WORDS, f"{path}: llms.txt says only {purpose!r}"
    assert len(purpose.split()) <= MOST_WORDS, f"{path}: too long for llms.txt: {purpose!r}"


@pytest.mark.parametrize("path", TEXTS)
def test_a_link_leads_to_the_page_that_it_names(path: str) -> None:
    misnamed = misnamed_links(ROOT, path)

    assert not misnamed, "\n" + "\n".join(misnamed)


@pytest.mark.parametrize("path", sorted({*TEXTS} - {"README.md"}))
def test_a_page_links_to_an_answer_and_not_to_a_list_of_pages(path: str) -> None:
    lists = {"docs/operations.md"} | ({"docs/decisions.md"} if "/decisions/" in path else set())
    led = [line for line in read_page(ROOT / path).links if file_of(path, line.text) in lists]

    assert not led, f"{path}: name the page that has the answer: {led}"


def test_a_link_that_names_another_page_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(
        "# Page\n\nSee [lake.md](lake-data.md#x), [a/lake.md](docs/lake.md),\n"
        "[`cdk.json`](infra/app.json), [docs/lake.md](docs/lake.md),\n"
        "[`events.js`](docs/web.md) and [lake.md](https://example.com/).\n"
    )

    assert misnamed_links(tmp_path, "page.md") == [
        "page.md:3: [lake.md] leads to lake-data.md#x",
        "page.md:3: [a/lake.md] leads to docs/lake.md",
        "page.md:3: [cdk.json] leads to infra/app.json",
    ]


def test_the_site_names_pages_by_their_titles(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/lake.md").write_text("# The lake\n\nIt is deep.\n\n## Its `fish`\n")
    text = "[docs/lake.md](docs/lake.md), [lake.md](docs/lake.md#its-fish), [it](docs/lake.md)\n"
    code = f"```\n{text}```\n"

    assert titled_links(text + code, "README.md", tmp_path) == (
        "[The lake](docs/lake.md), [Its fish](docs/lake.md#its-fish), [it](docs/lake.md)\n" + code
    )
