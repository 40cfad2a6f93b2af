"""Every command that opens the laptop's store says in a sentence what is wrong with it."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.__main__ import main
from local.database import FILE, Database

WRITE_VERSION = 18  # the byte of SQLite's header; a reader takes a higher one for read-only
COMMANDS = {
    "sql": ["sql", "--query", "SELECT 1"],
    "import": ["import-endpoints", "endpoints.csv", "--application-id", "my-app", "--data-dir=."],
    "replay": ["replay-rejected", "--url=http://127.0.0.1:9", "--data-dir=.", "--dry-run"],
    "forget": ["forget", "--user=ann", "--data-dir=.", "--yes"],
    "dry-run": ["forget", "--user=ann", "--data-dir=.", "--dry-run"],
}


def no_database(path: Path) -> None:
    path.write_text("hello " * 1000)


def a_folder(path: Path) -> None:
    path.mkdir()


def read_only(path: Path) -> None:
    with closing(Database(path)) as database:
        database.check()
        database.settle()
    head = bytearray(path.read_bytes())
    head[WRITE_VERSION] = 9
    path.write_bytes(head)


SENTENCES: dict[Callable[[Path], None], str] = {
    no_database: "file is not a database.",
    a_folder: "(unable to open database file|disk I/O error).",
    read_only: "attempt to write a readonly database.",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("spoil", SENTENCES)
def test_a_store_that_cannot_be_used_is_told_in_a_sentence(
    command: str, spoil: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    (tmp_path / "endpoints.csv").write_text("ChannelType,Address\nSMS,+1\n")
    spoil(tmp_path / FILE)
    reads = command in ("sql", "replay")

    done = CliRunner().invoke(main, COMMANDS[command])

    if spoil is read_only and reads:
        assert done.exit_code == 0, done.output
        return
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == (1 if command == "sql" else 3)
    assert f"{FILE} cannot be {'read' if reads else ''}" in done.stderr
    assert re.search(f": {SENTENCES[spoil]}$", done.stderr.strip())
    assert not [*tmp_path.glob("forget-*")]
