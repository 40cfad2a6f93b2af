"""`sql-copy`: no text of a killed `make sql` stays in it, and what others put there does."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.forget.forget_command import forget
from commands.sql import events_copy
from commands.sql.copy_folder import FOLDER
from commands.sql.event_rows import VERSION
from local.database import FILE
from local.private_files import keep_private
from tests.commands.test_sql_copy import closing_lake, expected, files, ids, store
from tests.local.running_gateway import ROOT, environment

DIES_READING = """
import os, sys
from pathlib import Path
from commands.sql import events_copy, part_writer
from commands.sql.stored_lake import StoredLake

events_copy.NEW_EVENTS = events_copy.PART_EVENTS = 10
events_copy.documents = part_writer.documents = lambda *_: os._exit(9)
StoredLake(Path(sys.argv[1]))
"""
SECRET = "alice-secret"


@pytest.fixture(name="path")
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of 25 events of one person; each ten of them make a file."""
    monkeypatch.setattr(events_copy, "NEW_EVENTS", 10)
    monkeypatch.setattr(events_copy, "PART_EVENTS", 10)
    folder = tmp_path / "data"
    folder.mkdir()
    store(folder / FILE, 25, Attributes={"name": SECRET})
    return folder / FILE


def holding(folder: Path) -> list[Path]:
    return [
        file
        for file in folder.rglob("*")
        if file.is_file()
        and SECRET.encode() in file.read_bytes()
        and not file.name.startswith(FILE)
    ]


def killed(path: Path, temporary: Path) -> None:
    temporary.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", DIES_READING, path],
        env=environment(path.parent, TMPDIR=str(temporary)),
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 9


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [
        ("it's ann's", "its anns"),
        ("p?q", "pXq"),
        ("r*s", "r-and-s"),
        ("u[v]w", "uvw"),
        ("a{b,c}", "ab"),
        ("b\\q", "bq"),
        ("it's a [b]?* {x,y}%20;--", "it's a b.. {x,y}%20;--"),
    ],
)
def test_a_folder_may_be_called_anything(path: Path, name: str, neighbour: str) -> None:
    """DuckDB takes the name of a file for a pattern, and a neighbour's copy may fit it."""
    for folder in (path.parent / neighbour, path.parent / name):
        folder.mkdir(parents=True)
        store(folder / FILE, 25, f"of-{folder.name}")
        with closing_lake(folder / FILE) as lake:
            assert ids(lake) == expected(folder / FILE)
        with closing_lake(folder / FILE) as lake:  # out of the copy, which it has by now
            assert len(files(folder / FILE)) > 0
            assert ids(lake) == expected(folder / FILE)


def test_the_text_of_a_killed_command_is_beside_the_store_and_leaves_with_the_next(
    path: Path, tmp_path: Path
) -> None:
    killed(path, tmp_path / "temporary")
    left = holding(path.parent)
    assert left
    assert not holding(tmp_path / "temporary")
    assert not any(stat.S_IMODE(file.parent.stat().st_mode) & 0o077 for file in left)
    with closing_lake(path) as first, closing_lake(path) as second:
        assert not {*left} & {*holding(path.parent)}
        assert ids(first) == expected(path)
        store(path, 3, "later")
        assert ids(first) == ids(second) == expected(path)  # the second took nothing of the first
    assert {*holding(path.parent)} == {*files(path)}


def test_forget_removes_the_text_of_a_killed_command(path: Path, tmp_path: Path) -> None:
    with closing_lake(path) as open_prompt:
        killed(path, tmp_path / "temporary")
        assert {*holding(path.parent)} > {*files(path)}
        options = ["--yes", "--endpoint", "device", "--application", "app", "--data-dir"]
        receipt = tmp_path / "receipt.json"
        answer = CliRunner().invoke(
            forget,
            [*options, str(path.parent), "--receipt", str(receipt)],
            catch_exceptions=False,
        )
        assert answer.exit_code == 0, answer.output
        assert json.loads(receipt.read_text())["removed"]["events"] == 25
        assert not holding(tmp_path)
        store(path, 3, "later")
        assert ids(open_prompt) == expected(path)


def test_a_folder_that_cannot_be_written_leaves_the_text_to_a_temporary_one(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path.parent / FOLDER).write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with closing_lake(path) as lake:
        [folder] = (tmp_path / "temporary").iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert ids(lake) == expected(path)
    assert not os.listdir(tmp_path / "temporary")


@pytest.mark.parametrize("is_link", [False, True])
def test_what_others_put_beside_the_copy_stays(path: Path, tmp_path: Path, is_link: bool) -> None:
    root, disk = path.parent / FOLDER, tmp_path / "disk"
    disk.mkdir(mode=0o755)
    if is_link:
        root.symlink_to(disk)
    else:
        root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    others = [root / "keepme", tmp_path / "elsewhere", root / f"{'a' * 32}-notours"]
    (root / f"{'b' * 32}-{'c' * 8}").symlink_to(tmp_path / "elsewhere")
    (root / "notes.txt").write_text("x")
    if is_link:  # another store's copy, which has the same disk
        others.append(root / f"{'d' * 32}-{VERSION}")
    for folder in others:
        folder.mkdir(exist_ok=True)
        (folder / "important").write_text("x")
        (folder / "important").chmod(0o644)

    with closing_lake(path) as lake:
        assert ids(lake) == expected(path)
        [own] = {file.parent for file in copies(root, others)}
        (own / "important").write_text("x")
        store(path, 10, "later")
        assert ids(lake) == expected(path)
        assert (own / "important").exists()
        (own / "important").unlink()
    if is_link:
        keep_private(path.parent)
        assert stat.S_IMODE((root / "keepme/important").stat().st_mode) == 0o644
    options = [
        "--yes",
        "--endpoint",
        "device",
        "--application",
        "app",
        "--data-dir",
        str(path.parent),
    ]
    CliRunner().invoke(
        forget, [*options, "--receipt", str(tmp_path / "receipt")], catch_exceptions=False
    )
    assert not copies(root, others)
    assert all((folder / "important").exists() for folder in others)
    assert (root / "notes.txt").exists()


def copies(root: Path, others: list[Path]) -> list[Path]:
    return [file for file in root.glob("*/*.parquet") if file.parent not in others]
