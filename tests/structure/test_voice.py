"""The pages of the project are plain English: to the reader, in standard terms."""

import re

import pytest

from commands.site.markdown_page import Line, parse_page, read_page
from commands.site.navigation import entries
from tests.structure.source_files import ROOT, files
from tests.structure.voice_rules import (
    ANY_LENGTH,
    MOST_WHATS,
    MOST_WHATS_OF_A_PAGE,
    MOST_WORDS,
    PRIVATE_WORDS,
    PUZZLES,
    quoteless,
    whats,
    words,
)

PAGES = sorted(
    {"README.md", *(entry.path for entry in entries()), *map(str, files("docs", "*.md"))}
)


def prose(path: str) -> list[Line]:
    return read_page(ROOT / path).prose


def text(path: str) -> str:
    """The page's text without its headings."""
    return "\n".join(line.text for line in prose(path) if not line.is_heading)


def found(path: str, patterns: dict[str, str]) -> list[str]:
    """Each place of a page that matches, with what to write there."""
    return [
        f"{path}:{number}: {match[0]!r} -> {instead}"
        for number, line, _ in prose(path)
        for pattern, instead in patterns.items()
        for match in re.finditer(pattern, quoteless(line), re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_word_of_our_own(path: str) -> None:
    private = found(path, {word.pattern: word.instead for word in PRIVATE_WORDS})

    assert not private, "\n" + "\n".join(private)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_sentence_that_puzzled_readers(path: str) -> None:
    puzzles = found(path, dict.fromkeys(PUZZLES, "a sentence that a stranger understands"))

    assert not puzzles, "\n" + "\n".join(puzzles)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_things_and_does_not_say_what(path: str) -> None:
    lines = [(line.number, quoteless(line.text)) for line in prose(path) if not line.is_heading]
    total = sum(words(line) for _, line in lines)
    allowed = max(1, MOST_WHATS_OF_A_PAGE * total / 1000)  # one in a short page is no habit
    said = [f"{path}:{number}: {line[:120]}" for number, line in lines for _ in range(whats(line))]

    assert len(said) <= allowed, f"at most {allowed:.0f}:\n" + "\n".join(said)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_begins_with_a_sentence_that_says_what_it_is_for(path: str) -> None:
    page = read_page(ROOT / path)

    assert page.title, f"{path} begins with no title"
    assert re.search(r"[.:]$", page.opening), f"{path} has no sentence before its first section"


@pytest.mark.parametrize("path", [path for path in PAGES if path not in ANY_LENGTH])
def test_a_page_is_read_in_one_go(path: str) -> None:
    # Decisions may stand on pages of their own; they are read by searching, too.
    if not path.startswith("docs/decisions/"):
        assert words(text(path)) <= MOST_WORDS, f"{path} has {words(text(path))} words: split it"


def test_the_pages_together_say_what_seldom() -> None:
    whole = quoteless("\n".join(map(text, PAGES)))

    assert whats(whole) * 1000 / words(whole) <= MOST_WHATS


def test_the_list_of_targets_says_what_no_more_than_pages_do() -> None:
    texts = re.findall(r"^[a-z-]+:.*## (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    private = [
        (text, word.instead)
        for text in texts
        for word in PRIVATE_WORDS
        if re.search(word.pattern, text, re.IGNORECASE)
    ]

    assert len(texts) > 40
    assert [text for text in texts if whats(text)] == []
    assert private == []


def test_code_generated_parts_and_quotations_are_free() -> None:
    page = parse_page(
        '# A page\n\nIt begins.\n\n```\nwhat a door\n```\n\n`settle` answers "judged".\n\n'
        "<!-- costs -->\n\nwhat is told\n\n<!-- end -->\n\nThe end.\n"
    )

    assert [quoteless(line) for _, line, _ in page.prose] == [
        "A page", "It begins.", "… answers ….", "The end.",
    ]  # fmt: skip
    assert page.opening == "It begins."


@pytest.mark.parametrize(
    "sentence",
    [
        "Asked for a token, the client signs in; the alarm is asked for in `cdk.json`.",
        "Edge and Chrome; the edge of the window.", "A copy is told apart by its id.",
        "The lock is held by a process. What does it cost?", "On demand the table grows by itself.",
    ],
)  # fmt: skip
def test_ordinary_words_are_free(sentence: str) -> None:
    assert not any(re.search(word.pattern, sentence, re.I) for word in PRIVATE_WORDS)
    assert whats(sentence) == 0
