"""Files that commands write where you start them: none too early, none for a public commit."""

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.exit_codes import ExitCode
from commands.forget.forget_command import forget
from commands.forget.journal import Journal
from tests.commands.aws_answers import account
from tests.commands.running_preflight import run
from tests.structure.source_files import ROOT, files

# A file that a page's command writes, or takes although it lists people.
_NAMED = re.compile(r"(?:--export |--receipt |FILE=|\.rejected' > | > )([\w-]+\.(?:jsonl|csv))")


@pytest.fixture(autouse=True)
def _somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_forgetting_that_stops_at_its_checks_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    answer = CliRunner().invoke(forget, ["--user", "ann"])

    assert answer.exit_code == ExitCode.STOPPED
    assert "No region" in answer.output
    assert not list(tmp_path.iterdir())


def test_a_forgetting_without_its_stack_leaves_no_file(tmp_path: Path) -> None:
    with account() as url:
        status, printed = run(url, "forget", "--user", "ann", home=tmp_path)

    assert (status, list(tmp_path.glob("forget-*"))) == (ExitCode.STOPPED, [])
    assert printed[0].startswith("Error: There is no stack PutEventsGateway")


def test_a_journal_is_for_its_owner_and_made_with_its_first_entry(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    assert not list(tmp_path.iterdir())
    journal.add("a")
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600
    journal.remove()
    Journal(tmp_path / "journal").remove()  # one without entries


def test_git_leaves_out_what_may_have_peoples_ids(tmp_path: Path) -> None:
    pages = [(ROOT / path).read_text() for path in (Path("README.md"), *files("docs", "*.md"))]
    named = {name for page in pages for name in _NAMED.findall(page)}
    assert named >= {"dead.jsonl", "endpoints.csv", "mended.csv"}
    written = {
        *named,
        *(f"endpoints.csv{ending}" for ending in (".checkpoint", ".checkpoint.new", ".rejected")),
        "export/part.gz.rejected",
        "forget-20261126T041609Z.json",
        "forget-e3d4f94d83753f22.journal",
        "template.json",
    }
    (tmp_path / ".gitignore").write_text((ROOT / ".gitignore").read_text())
    subprocess.run(["git", "init", "--quiet"], check=True)

    said = subprocess.run(
        ["git", "check-ignore", *written],
        capture_output=True,
        text=True,
        check=False,
    )

    assert set(said.stdout.split()) == written
