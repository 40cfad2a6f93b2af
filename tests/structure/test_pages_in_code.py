"""A page that code, a table or an error names is there, with its section, and has the answer."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from commands.site.markdown_page import MarkdownPage, read_page
from tests.structure.source_files import ROOT, SOURCES, files, root_files

KINDS = {".py", ".toml", ".json", ".js", ".mjs", ".ts", ".kt", ".sql", ".html", ".css", ".yml"}
PAGE = re.compile(r"\b(?:docs|clients|tests)/[\w./-]+\.(?:md|json)\b(?:#[\w-]+)?")
NAMING = [
    *(path for path in root_files() if path.suffix in {*KINDS, ""}),
    *(path for folder in SOURCES for path in files(folder) if path.suffix in KINDS),
    *(path.relative_to(ROOT) for path in (ROOT / ".github").rglob("*") if path.is_file()),
]
DOCTOR = ROOT / "commands/doctor"
UNSERVED = ROOT / "lambda_src/putevents/unserved_operations.json"


@cache
def page(path: str) -> MarkdownPage:
    return read_page(ROOT / path)


def named(path: Path) -> set[str]:
    """The pages that a file names, with sections; `docs/*.md` and f-strings' parts are none."""
    return {*PAGE.findall((ROOT / path).read_text(encoding="utf-8"))}


def missing(target: str) -> str:
    file, _, anchor = target.partition("#")
    if not (ROOT / file).is_file():
        return f"{target}: there is no such page"
    if anchor and anchor not in page(file).anchors:
        return f"{target}: the page has no such section"
    return ""


@pytest.mark.parametrize("path", [path for path in NAMING if named(path)], ids=str)
def test_a_page_that_code_names_is_there(path: Path) -> None:
    assert not [why for target in sorted(named(path)) if (why := missing(target))]


def test_pages_are_found_in_the_files_of_every_part() -> None:
    parts = {path.parts[0] for path in NAMING if named(path)}

    assert parts >= {"commands", "infra", "lambda_src", "local", ".github", "Makefile"}


def entries() -> list[Any]:
    tables = [
        tomllib.loads((DOCTOR / f"{name}.toml").read_text()) for name in ("operations", "resources")
    ]
    groups = [
        (entry.get("operations") or entry["names"], entry) for t in tables for entry in t["group"]
    ]
    libraries = tomllib.loads((DOCTOR / "libraries.toml").read_text())
    found = [*groups, *((name, entry) for name, entry in libraries.items())]
    return [
        pytest.param(entry, id=f"{names if isinstance(names, str) else names[0]}")
        for names, entry in found
        if entry.get("link", "").startswith("docs/")
    ]


@pytest.mark.parametrize("entry", entries())
def test_the_doctors_page_has_what_the_hint_tells(entry: Any) -> None:
    """Each command, setting and file of a hint is on the page that has the rest."""
    text = (ROOT / entry["link"].partition("#")[0]).read_text()
    terms = re.findall(
        r"`([^`]+)`|\b(destination=[\w,]*\w|endpointReads|AWS_\w+|clients/\S+\.js)",
        entry.get("hint", ""),
    )

    assert not [term for pair in terms for term in pair if term and term not in text]


def test_the_doctor_and_the_gateway_name_one_page_for_an_operation() -> None:
    by_doctor = {
        name: group.get("link", "").partition("#")[0]
        for group in tomllib.loads((DOCTOR / "operations.toml").read_text())["group"]
        for name in group["operations"]
    }
    answered = {
        name: target.partition("#")[0]
        for group in json.loads(UNSERVED.read_text())
        for target in PAGE.findall(group["hint"])
        for name in group["operations"]
    }

    assert answered
    assert {name: by_doctor[name] for name in answered} == answered
