"""`gateway.log` stays bounded, and no line of it is torn or lost when it is put aside."""

from pathlib import Path

import pytest

from local.rotating_file import RotatingFile
from local.whole_lines import WholeLines
from tests.local.conftest import StartGateway
from tests.local.running_gateway import put_events_body


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "gateway.log"


def test_full_files_are_put_aside_and_the_oldest_is_dropped(path: Path) -> None:
    with RotatingFile(path, max_bytes=20, kept=2) as file:
        for number in range(9):
            file.write(f"line {number}...\n".encode())
    kept = {entry.name: entry.read_text() for entry in path.parent.iterdir()}
    assert kept == {
        "gateway.log": "line 8...\n",
        "gateway.log.1": "line 6...\nline 7...\n",
        "gateway.log.2": "line 4...\nline 5...\n",
    }


def test_what_is_there_at_the_start_counts(path: Path) -> None:
    path.write_text("before\n" * 3)
    with RotatingFile(path, max_bytes=25) as file:
        file.write(b"after\n")
    assert path.read_text() == "after\n"
    assert path.with_name("gateway.log.1").read_text() == "before\n" * 3


def test_a_line_is_not_torn_by_a_new_file(path: Path) -> None:
    with RotatingFile(path, max_bytes=10) as file:
        file.write(b"begun ")
        file.write(b"and ended\n")
        file.write(b"another\n")
    assert path.with_name("gateway.log.1").read_text() == "begun and ended\n"
    assert path.read_text() == "another\n"


def test_a_file_that_cannot_be_put_aside_costs_lines_and_no_request(path: Path) -> None:
    lines = WholeLines(RotatingFile(path, max_bytes=10, kept=1))
    path.with_name("gateway.log.1").mkdir()
    for text in ("first one\n", "lost\n"):
        print(text, end="", file=lines)
    path.with_name("gateway.log.1").rmdir()
    print("third", file=lines)
    assert path.with_name("gateway.log.1").read_text() == "first one\n"
    assert path.read_text() == "third\n"


def test_make_run_writes_into_it(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    log_file = gateway.data_dir / "gateway.log"
    gateway.put_events(put_events_body())
    gateway.end()
    full = log_file.read_bytes() + b"x" * (10 * 1024 * 1024) + b"\n"
    log_file.write_bytes(full)
    again = start_gateway()
    again.put_events(put_events_body())
    again.end()
    assert log_file.with_name("gateway.log.1").stat().st_size >= len(full)
    assert 0 < log_file.stat().st_size < 10_000
