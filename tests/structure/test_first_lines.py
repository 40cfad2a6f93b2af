"""The first line of a file says its one duty, in a sentence."""

import ast
from pathlib import Path

import pytest

from tests.structure.source_files import ROOT, files, python_files

_LONGEST = 100  # characters; a duty that needs more is more than one


@pytest.mark.parametrize("path", python_files(), ids=str)
def test_a_file_begins_with_its_duty(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / path).read_text())) or ""
    first = docstring.partition("\n")[0]

    assert first, f"{path} has no docstring"
    assert first.endswith("."), f"{path} begins with no sentence: {first}"
    assert len(first) <= _LONGEST


@pytest.mark.parametrize("path", [*files("local", "*.js"), *files("local", "*.css")], ids=str)
def test_a_file_of_the_page_begins_with_its_duty(path: Path) -> None:
    first = (ROOT / path).read_text().partition("\n")[0]

    assert first.startswith(("// ", "/* "))
    assert first.removesuffix(" */").endswith(".")
    assert len(first) <= _LONGEST + len("/*  */")
