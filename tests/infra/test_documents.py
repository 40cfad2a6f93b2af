"""The documents' deploy settings are the model's own, and so are cdk.json's."""

import re
from pathlib import Path

import pytest

from infra.deploy_settings import DeploySettings
from tests.infra.setting_values import FIELDS, completed
from tests.infra.settings_document import DOCUMENT, document, readme_table, shown
from tests.infra.synthesis import CONTEXT, ROOT

ANEW = "write it anew: .venv/bin/python -m tests.infra.settings_document"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What stands in a command or as an example in the text: `-c auth=none`, `auth=none`.
OPTION = re.compile(r"(?:-c |`)([a-z][A-Za-z]*)=([^\s`\"']+)")


def test_the_page_of_settings_is_the_models() -> None:
    assert DOCUMENT.read_text() == document(), ANEW


def test_the_readmes_table_has_what_cdk_json_has() -> None:
    assert shown() == readme_table(), ANEW


def test_every_setting_stands_once_on_the_page() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", document(), re.MULTILINE)

    assert rows == list(FIELDS)


def test_every_group_has_a_heading_of_its_own() -> None:
    headings = [group.__doc__ for group in DeploySettings.groups()]

    assert len(set(headings)) == len(headings) > 5
    assert None not in headings


def test_cdk_json_holds_the_defaults() -> None:
    """Whoever leaves a setting away gets what whoever keeps cdk.json as it is gets."""
    held = {name: value for name, value in CONTEXT.items() if name in FIELDS}
    ids = held.pop("applicationIds")  # an example: there is no default

    settings = DeploySettings.from_context({"applicationIds": ids})
    assert len(held) == 9
    assert DeploySettings.from_context({"applicationIds": ids, **held}) == settings


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_option_in_a_document_is_a_setting_with_a_value_that_it_may_have(page: Path) -> None:
    named = [pair for pair in OPTION.findall(page.read_text()) if not pair[1].endswith("...")]

    assert [name for name, _ in named if name not in FIELDS] == []
    assert [pair for pair in named if completed(dict([pair])) is None] == []


def test_options_are_found_in_the_documents() -> None:
    assert sum(len(OPTION.findall(page.read_text())) for page in PAGES) > 20
