"""Reading the store: where nothing can be written beside it, and when it takes a while."""

import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from commands.sql import event_text, slow_reading
from commands.sql.sql_command import sql
from commands.sql.stored_lake import StoredLake, StoreError
from local.database import FILE
from tests.commands.test_sql_copy import closing_lake, expected, ids, store
from tests.local.running_gateway import SECONDS

NOBODY = 65534


@pytest.fixture(name="path")
def _path() -> Iterator[Path]:
    """A store of 25 events in a folder that others may look into."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        store(folder / FILE, 25)
        opened_to_all(folder)
        Path(name).chmod(0o755)
        yield folder / FILE


def opened_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """As somebody who may write neither the folder nor its files."""
    user = os.geteuid()
    if user:
        folder.chmod(folder.stat().st_mode & ~0o222)
    else:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(folder.stat().st_mode | 0o700)


def test_a_folder_that_cannot_be_written_is_read_as_long_as_nobody_writes(path: Path) -> None:
    with without_rights(path.parent), closing_lake(path) as lake:
        assert ids(lake) == expected_of(path, 25)
        with with_rights():
            store(path, 3, "later")  # and closed: all is in the one file again
            opened_to_all(path.parent)
        assert len(ids(lake)) == 28
        with with_rights():
            os.truncate(path, 1000)
        with pytest.raises(StoreError):
            ids(lake)
    assert [file.name for file in path.parent.iterdir()] == [FILE]


@contextmanager
def with_rights() -> Iterator[None]:
    user = os.geteuid()
    os.seteuid(os.getuid())
    try:
        yield
    finally:
        os.seteuid(user)


def expected_of(path: Path, count: int) -> list[str]:
    with with_rights():
        found = expected(path)
    assert len(found) == count
    return found


def test_what_is_written_while_it_is_read_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = event_text.write_documents

    def writes(*given: Any) -> Any:
        files = write(*given)
        with with_rights():
            os.utime(path)
        return files

    monkeypatch.setattr("commands.sql.events_copy.write_documents", writes)
    with without_rights(path.parent):
        with pytest.raises(StoreError, match="was written to while it was read: ask again"):
            StoredLake(path)
        monkeypatch.undo()
        with closing_lake(path) as lake:
            assert len(ids(lake)) == 25


def a_wal(path: Path) -> None:
    """A copy of a store that is being written, with the file that SQLite makes anew left out."""
    path.with_name(f"{FILE}-wal").write_bytes(b"x" * 100)


def unreadable(path: Path) -> None:
    path.chmod(0o600)


def closed(path: Path) -> None:
    path.parent.chmod(0o700)


def no_store(path: Path) -> None:
    path.write_bytes(b"hello " * 1000)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (a_wal, r"and it has a -wal file\. Copy it to a folder of your own: cp \S+\* FOLDER"),
        (unreadable, "You may not read .*: let its owner copy it"),
        (closed, "You may not read .*: let its owner copy it"),
        (no_store, "cannot be read: file is not a database.$"),
    ],
)
def test_a_store_that_cannot_be_read_says_what_to_do(
    path: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    opened_to_all(path.parent)
    spoil(path)
    with without_rights(path.parent), pytest.raises(StoreError) as told:
        StoredLake(path)
    assert re.search(sentence, str(told.value))


def test_an_empty_wal_hides_nothing(path: Path) -> None:
    path.with_name(f"{FILE}-wal").write_bytes(b"")
    with without_rights(path.parent), closing_lake(path) as lake:
        assert len(ids(lake)) == 25


def test_a_copy_that_is_anothers_is_left_alone(path: Path) -> None:
    (path.parent / "sql-copy").mkdir(mode=0o700)
    with without_rights(path.parent), closing_lake(path) as lake:
        assert len(ids(lake)) == 25
    assert not [*(path.parent / "sql-copy").iterdir()]


@pytest.fixture(name="told")
def _told(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Reading takes until somebody was told of it."""
    told = threading.Event()
    write = event_text.write_documents

    def waits(store: Any, folder: Path, condition: str, *values: Any) -> Any:
        assert told.wait(SECONDS)
        return write(store, folder, condition, *values)

    monkeypatch.setattr("commands.sql.events_copy.write_documents", waits)
    monkeypatch.setattr(slow_reading, "SECONDS", 0)
    return told


def test_reading_that_takes_long_is_told_once(
    path: Path, told: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []

    def tell(events: int) -> None:
        counts.append(events)
        told.set()

    lake = StoredLake(path, tell=tell)
    assert counts == [25]
    told.clear()
    store(path, 3, "later")
    assert len(ids(lake)) == 28
    assert counts == [25, 3]
    monkeypatch.setattr(slow_reading, "SECONDS", SECONDS)
    store(path, 4, "quick")
    assert len(ids(lake)) == 32
    assert counts == [25, 3]
    lake.close()


def test_the_command_tells_it_beside_the_answer(
    path: Path, told: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = slow_reading.sentence

    def says(events: int) -> str:
        told.set()
        return sentence(events)

    monkeypatch.setattr("commands.sql.sql_command.sentence", says)
    query = ["--query", "SELECT count(*) AS n FROM events"]
    answer = CliRunner().invoke(sql, query, env={"DATA_DIR": str(path.parent)})
    assert answer.stdout == "n\n--\n25\n(1 row)\n"
    assert answer.stderr == ("Reading about 25 events ...\n")


def test_nothing_new_may_take_long_too() -> None:
    assert slow_reading.sentence(0) == "Bringing the copy of the events up to date ..."
