"""`make conformance` passes against `make run` as each page and its own help write it."""

import re
import shlex
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from commands.conformance.conformance_command import EPILOG, conformance
from tests.local.running_gateway import ROOT, RunningGateway

PAGES = ["README.md", "docs/contract.md", "tests/conformance/README.md"]
TEXTS = {"--help": EPILOG, **{page: (ROOT / page).read_text() for page in PAGES}}
COMMANDS = sorted(
    {
        (page, options)
        for page, text in TEXTS.items()
        for options in re.findall(r'make conformance URL=\S+ OPTIONS="([^"]+)"', text)
    }
)


@pytest.fixture(name="as_it_comes", scope="module")
def _as_it_comes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """The gateway of `make run` without a variable."""
    gateway = RunningGateway(tmp_path_factory.mktemp("conformance") / "data")
    yield gateway
    assert gateway.end() == (0, "")


def test_pages_and_help_have_a_command() -> None:
    assert {page for page, _ in COMMANDS} == {"--help", *PAGES[1:]}


@pytest.mark.parametrize(("page", "options"), COMMANDS)
@pytest.mark.parametrize("of", ["pinpoint", "all"])
def test_a_documented_command_passes(
    as_it_comes: RunningGateway, page: str, options: str, of: str
) -> None:
    given = ["--url", as_it_comes.url, *shlex.split(options), "--of", of]
    done = CliRunner().invoke(conformance, given)
    assert done.exit_code == 0, f"{page}: {done.output}"


def test_what_failed_for_lack_of_something_is_told_with_the_option(
    as_it_comes: RunningGateway,
) -> None:
    given = ["--url", as_it_comes.url, "--auth", "none", "--only", "^(browsers|errors)/"]
    done = CliRunner().invoke(conformance, [*given, "--origin", "https://elsewhere.example"])

    assert done.exit_code == 1
    assert "Of the failed cases 6 need cors, 2 need one-application." in done.output
    told = re.search(r"leave them out: (.*)", done.output)
    assert told
    assert CliRunner().invoke(conformance, [*given, *told[1].split()]).exit_code == 0
