"""The files of the sink for Android: what a kill, a full disk or a broken disk leaves of them."""

import json
import shutil
import zlib
from pathlib import Path

import pytest

from tests.clients.android.conftest import Start
from tests.clients.android.sink_program import envelope
from tests.clients.android.stand_in import StandIn, results
from tests.loopback import Response

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(name="queue")
def _queue(tmp_path: Path) -> Path:
    return tmp_path / "queue"


def _files(queue: Path) -> list[Path]:
    return sorted(queue.glob("*.events"))


def _lines(queue: Path) -> list[bytes]:
    return [line for path in _files(queue) for line in path.read_bytes().split(b"\n")[:-1]]


def _line(event_id: str, app: str) -> bytes:
    text = json.dumps({"event_id": event_id, **json.loads(envelope(app))}).encode()
    return b"%08x " % zlib.crc32(text) + text + b"\n"


def test_an_event_is_a_line_with_its_checksum_in_a_file_of_one_batch(
    start: Start, queue: Path
) -> None:
    sink = start(NOBODY, clock="test", maxBatchEvents=3)
    for number in range(7):
        sink.send(f"event-{number}", number, name="ü\u2028\U0001f600")
    sink.kill()

    assert [path.name for path in _files(queue)] == [f"{n:012}.events" for n in (1, 2, 3)]
    for number, line in enumerate(_lines(queue)):
        assert line[:9] == b"%08x " % zlib.crc32(line[9:])
        assert json.loads(line[9:])["event_id"] == f"event-{number}"
        assert json.loads(line[9:])["attributes"]["name"] == "ü\u2028\U0001f600"


@pytest.mark.parametrize("kept", [0, 1, 8, 9, 40, -1])
def test_a_line_that_a_kill_cut_short_is_skipped(
    kept: int, start: Start, stand_in: StandIn, queue: Path, app: str
) -> None:
    queue.mkdir()
    torn = _line("torn", app)[:kept]
    (queue / "000000000004.events").write_bytes(_line("whole", app) + torn)
    (queue / "000000000005.events").write_bytes(torn)

    sink = start(stand_in.url)
    sink.send("new")

    assert sink.flush()
    assert stand_in.table == {"whole": 1, "new": 1}
    assert sink.told("dropped .*") == []
    assert _files(queue) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b"checkout", b"checkouT"),
        lambda line: b"f" + line[1:] if line[:1] != b"f" else b"0" + line[1:],
        lambda line: b"\0" * (len(line) - 1) + b"\n",
        lambda line: b"\n",
        lambda line: line[:30] + b"\n",
        lambda line: b"%08x nothing\n" % zlib.crc32(b"nothing"),
    ],
    ids=["a letter", "the checksum", "zeros", "empty", "a part", "no id"],
)
def test_a_damaged_line_is_told_and_those_around_it_arrive(
    damage: object, start: Start, stand_in: StandIn, queue: Path, app: str
) -> None:
    assert callable(damage)
    queue.mkdir()
    lines = [_line("first", app), damage(_line("bad", app)), _line("last", app)]
    (queue / "000000000001.events").write_bytes(b"".join(lines))
    stand_in.answers = [lambda _: Response(500)]

    sink = start(stand_in.url)
    sink.wait_for("retry ")

    assert sink.flush()
    assert stand_in.table == {"first": 1, "last": 1}
    assert len(sink.told("dropped DAMAGED null .*")) == 1
    assert _files(queue) == []


def test_files_of_others_are_left_alone(start: Start, stand_in: StandIn, queue: Path) -> None:
    queue.mkdir()
    for name in ("notes.txt", "x.events", "1.events.bak"):
        (queue / name).write_text("not ours\n")

    sink = start(stand_in.url)
    sink.send("event")

    assert sink.flush()
    assert {path.name for path in queue.iterdir()} == {
        "lock",
        "notes.txt",
        "x.events",
        "1.events.bak",
    }


def test_numbers_end_nowhere_and_a_folder_is_no_file(
    start: Start, stand_in: StandIn, queue: Path, app: str
) -> None:
    (queue / "000000000001.events").mkdir(parents=True)
    (queue / f"{10**18 - 1}.events").write_bytes(_line("waiting", app))

    sink = start(stand_in.url, maxBatchEvents=1)
    sink.send("one")
    sink.send("two")

    assert sink.flush()
    assert stand_in.table == {"waiting": 1, "one": 1, "two": 1}
    assert sink.told("(dropped|retry) .*") == []
    assert [path.name for path in _files(queue)] == ["000000000001.events"]


def test_what_the_app_deletes_is_told_and_the_queue_goes_on(
    start: Start, stand_in: StandIn, queue: Path, app: str
) -> None:
    queue.mkdir()
    (queue / "000000000004.events").write_bytes(_line("before", app))
    stand_in.always = lambda _: Response(503)
    sink = start(stand_in.url, clock="test", maxBatchEvents=3)
    sink.wait_for("retry ")
    for number in range(4):  # in a file that is full, and one that is not
        sink.send(f"gone-{number}", number)
    shutil.rmtree(queue)
    sink.send("kept")
    stand_in.always = results

    assert sink.flush()
    assert stand_in.table == {"kept": 1}
    told = sink.told(r"dropped DAMAGED null .*/(\d+)\.events was deleted while .*")
    assert told == [("000000000004",), *[("000000000005",)] * 3, ("000000000006",)]
    assert len(start(stand_in.url).ask("send x {}", "dropped (.*)")[1]) > 0  # it is locked again


def test_the_directory_is_not_taken_from_another_sink(
    start: Start, stand_in: StandIn, queue: Path
) -> None:
    first = start(NOBODY, clock="test")  # no retry, which would take the directory again
    first.send("one")
    first.flush()
    shutil.rmtree(queue)
    second = start(NOBODY)
    second.send("another's")
    first.send("two")
    first.flush()

    assert len(first.told("dropped STORAGE_FAILED two .*")) == 1
    assert _lines(queue)[0][9:].endswith(b'"event_id":"another\'s"}')
    second.kill()
    first.send("three")
    assert not first.flush(0)
    first.kill()
    assert start(stand_in.url).flush()
    assert stand_in.table == {"another's": 1, "three": 1}
