"""A receipt of `forget` replaces nothing, and a run that found nobody says so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.forget import forget_command
from commands.forget.journal import Journal
from commands.forget.receipt import new_path
from tests.local.sample import APPLICATION, store_sample

NOBODY = "Nothing that was searched names the user "


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    store_sample(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def forget(*words: str) -> Result:
    options = ["--data-dir", "data", "--receipt", "proof.json", *words]
    return CliRunner().invoke(forget_command.forget, options, catch_exceptions=False)


def test_what_is_there_is_not_replaced(folder: Path) -> None:
    proof = folder / "proof.json"
    proof.touch()  # as mktemp makes one
    assert forget("--user", "ann", "--yes").exit_code == 0
    first = proof.read_bytes()

    for words in (["--user", "bob", "--yes"], ["--user", "bob", "--dry-run"]):
        done = forget(*words)
        assert (done.exit_code, proof.read_bytes()) == (2, first)
        assert "proof.json is there already, and a receipt replaces nothing" in done.stderr
    proof.write_text("important")
    assert forget("--user", "ann", "--yes").exit_code == 2
    assert proof.read_text() == "important"


def test_two_runs_of_a_second_have_two_receipts(folder: Path) -> None:
    now = datetime(2026, 11, 26, 4, 16, 9, tzinfo=UTC)
    names = [f"forget-20261126T041609Z{number}.json" for number in ("", "-2", "-3")]
    for name in names:
        assert new_path(now) == Path(name)
        (folder / name).touch()


class Lake:
    """A deployed lake in which there is nothing to do."""

    def forget(self, _: object, journal: Journal) -> Iterator[str]:
        journal.add("file", state="done")
        yield "file"


def test_a_run_that_goes_on_may_have_written_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(journal: Journal) -> None:
        journal.close()
        raise KeyboardInterrupt

    def of_lake(user: str, *words: str) -> Result:
        options = ["--receipt", "proof.json", "--user", user, "--yes", *words]
        return CliRunner().invoke(forget_command.forget, options)

    monkeypatch.setattr(forget_command, "_deployed", lambda *_: Lake())
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "remove", killed)
        assert of_lake("ann").exit_code == 1  # click's Abort
    assert (folder / "proof.json").exists()
    assert len([*folder.glob("forget-*.journal")]) == 1

    assert of_lake("bob").exit_code == 2
    assert of_lake("ann", "--dry-run").exit_code == 2
    assert of_lake("ann").exit_code == 0
    assert [*folder.glob("forget-*")] == []
    assert of_lake("ann").exit_code == 2  # it is over: this would be another run's


def test_a_person_whom_nothing_names_is_told(folder: Path) -> None:
    for words in (["--dry-run"], ["--yes"]):
        done = forget("--user", "typo", *words)
        (folder / "proof.json").unlink()
        assert (done.exit_code, f'{NOBODY}"typo": is that the id' in done.stderr) == (0, True)
    assert NOBODY not in forget("--user", "ann", "--yes").stderr
    (folder / "proof.json").unlink()
    known = ["--endpoint", "nobodys", "--application", APPLICATION, "--yes"]
    assert 'names the endpoint "nobodys"' in forget(*known).stderr
