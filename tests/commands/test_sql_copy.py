"""The columnar copy that `make sql` keeps: whatever happens to it, the answers are the store's."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from commands.sql import events_copy, parts
from commands.sql.copy_folder import FOLDER
from commands.sql.dialect import connect
from commands.sql.event_rows import VERSION
from commands.sql.lake_views import fill_table
from commands.sql.stored_lake import StoredLake, StoreError
from local.database import FILE, Database
from local.sqlite_destination import LocalDestination
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EventsRequest, ValidBatch
from tests.local.running_gateway import EVENT, ROOT, environment
from tests.unit.doors import ARRIVAL

REQUESTS = sorted(
    file for file in (ROOT / "tests/events/requests").glob("*.json") if file.stem != "good-and-bad"
)
LATER = Arrival("request-2", ARRIVAL.timestamp + 86_400_000)
DIES = """
import os, sys
from pathlib import Path
from commands.sql import events_copy, part_writer
from commands.sql.events_copy import EventsCopy
from commands.sql.stored_lake import StoredLake

events_copy.NEW_EVENTS = events_copy.PART_EVENTS = 10
{name} = lambda *_: os._exit(9)
StoredLake(Path(sys.argv[1]))
"""


@pytest.fixture(name="path")
def _path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of 25 events; each ten of them make a file."""
    monkeypatch.setattr(events_copy, "NEW_EVENTS", 10)
    monkeypatch.setattr(events_copy, "PART_EVENTS", 10)
    path = tmp_path / FILE
    store(path, 25)
    return path


@pytest.fixture(name="lake")
def _lake(path: Path) -> Iterator[StoredLake]:
    with closing_lake(path) as lake:
        yield lake


def closing_lake(path: Path) -> closing[StoredLake]:
    return closing(StoredLake(path))


def store(path: Path, count: int, name: str = "event", **more: Any) -> None:
    events = {f"{name}-{number:03}": {**EVENT, **more} for number in range(count)}
    deliver(path, {"BatchItem": {"device": {"Endpoint": {}, "Events": events}}})


def deliver(path: Path, body: Any, arrival: Arrival = ARRIVAL) -> None:
    database = Database(path)
    batches: Any = EventsRequest.model_validate(body).batch_item
    good = {id_: ValidBatch(batch.endpoint, batch.events) for id_, batch in batches.items()}
    LocalDestination(database).deliver("app", good, dict.fromkeys(good, arrival), TimeLeft())
    database.close()


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)


def ids(lake: StoredLake) -> list[str]:
    return [id_ for (id_,) in lake.query("SELECT event_id FROM raw_events ORDER BY 1").rows]


def expected(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT event_id FROM events WHERE record IS NOT NULL ORDER BY 1"
        return [id_ for (id_,) in connection.execute(sql)]


def files(path: Path) -> list[Path]:
    """The parts in the order of the events."""
    [folder] = (path.parent / FOLDER).glob(f"*-{VERSION}")
    assert {file.suffix for file in folder.iterdir()} <= {".parquet"}
    return [part.path for part in parts.chain(folder)]


def shared(file: Path) -> Path:
    """What the requests of a part have in common."""
    return file.with_suffix(".shared.parquet")


def in_files(path: Path) -> list[str]:
    return [
        id_
        for file in files(path)
        for (id_,) in duckdb.execute(f"SELECT event_id FROM '{file}' ORDER BY id").fetchall()
    ]


def clients(path: Path) -> list[str]:
    return [
        id_
        for file in files(path)
        for (id_,) in duckdb.execute(
            f"SELECT client.client_id FROM '{shared(file)}' ORDER BY 1"
        ).fetchall()
    ]


def test_full_parts_are_written_and_the_rest_is_read_each_time(
    path: Path, lake: StoredLake
) -> None:
    everything = [f"event-{number:03}" for number in range(25)]
    assert (ids(lake), in_files(path)) == (everything, everything[:20])
    store(path, 7, "later")
    assert ids(lake) == expected(path)
    assert in_files(path)[20:] == everything[20:] + [f"later-{n:03}" for n in range(5)]
    before = files(path)
    with closing_lake(path) as other:
        assert ids(other) == expected(path)
    assert files(path) == before


@pytest.mark.parametrize("is_new", [False, True])
def test_what_is_deleted_leaves_the_answers_and_the_files(
    path: Path, lake: StoredLake, is_new: bool
) -> None:
    gone = {"event-009", "event-013", "event-024"}  # the last of a file, in a file, in none
    change(path, f"DELETE FROM events WHERE event_id IN {tuple(gone)}")
    if is_new:
        lake = StoredLake(path)
    assert set(ids(lake)) == set(expected(path))
    assert gone & {*in_files(path), *ids(lake)} == set()
    store(path, 30, "later")
    assert ids(lake) == expected(path)
    assert len(in_files(path)) == 50 - len(gone)


def test_of_a_deleted_endpoint_nothing_stays_in_the_files(path: Path) -> None:
    """Not even in a part without its events that has requests from before and after its own."""
    change(path, "DELETE FROM events")
    change(path, "UPDATE sqlite_sequence SET seq = 30 WHERE name = 'batch_events'")
    for number, device in enumerate(["device", "other"] * 5 + ["device"] * 10):
        deliver(path, {"BatchItem": {device: {"Endpoint": {}, "Events": {f"{number}": EVENT}}}})
    first = "SELECT min(batch) FROM batch_events"
    change(path, f"UPDATE batch_events SET batch = ({first}) WHERE event_id = '15'")
    with closing_lake(path) as lake:
        assert ids(lake) == expected(path)
        assert clients(path).count("other") == 5
        change(path, "DELETE FROM events WHERE endpoint_id = 'other'")
        assert ids(lake) == expected(path)
    assert {*clients(path)} == {"device"}


def test_rows_of_the_files_are_those_that_are_read_into_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for request_file in REQUESTS:
        deliver(path, json.loads(request_file.read_text()))
    change(path, "UPDATE batch_events SET event = json_remove(event, '$.Attributes') WHERE id = 3")
    store(path, 10, "last")
    everything = "SELECT * FROM raw_events ORDER BY client, event_id, event_timestamp, event_type"
    with closing_lake(path) as copied:
        by_files = copied.query(everything).rows
    monkeypatch.setattr(events_copy, "NEW_EVENTS", 1_000)
    shutil.rmtree(path.parent / FOLDER)
    with closing_lake(path) as read:
        assert by_files == read.query(everything).rows
    assert len(by_files) == len(expected(path))


def test_a_store_that_is_emptied_and_filled_again_is_another(path: Path, lake: StoredLake) -> None:
    change(path, "DELETE FROM events")
    assert ids(lake) == in_files(path) == []
    store(path, 12, "later")
    assert ids(lake) == expected(path)


def test_what_is_updated_is_answered_as_it_is_now(path: Path, lake: StoredLake) -> None:
    for id_ in ("event-001", "event-023"):
        change(path, f"UPDATE batch_events SET event = json_set(event, '$.EventType', 'n')"
                     f" WHERE event_id = '{id_}'")  # fmt: skip
    query = "SELECT event_id FROM raw_events WHERE event_type = 'n' ORDER BY 1"
    assert lake.query(query).rows == [("event-001",), ("event-023",)]
    change(path, "UPDATE batches SET application_id = 'other'")
    query = "SELECT application_id, application.app_id, count(*) FROM events GROUP BY 1, 2"
    assert lake.query(query).rows == [("other", "other", 25)]


def test_rejected_events_follow_too(path: Path, lake: StoredLake) -> None:
    query, counts = "SELECT count(*) FROM rejected_events WHERE rule = 'r'", []
    for sql in (
        "INSERT INTO rejected_events VALUES ('app', 'd', 'e', 1, 'q', 'r', 'm', '{}')",
        "UPDATE rejected_events SET rule = 's'",
        "UPDATE rejected_events SET rule = 'r'",
        "DELETE FROM rejected_events",
    ):
        change(path, sql)
        counts += lake.query(query).rows
    assert counts == [(1,), (0,), (1,), (0,)]


@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("damage", ["torn", "flipped", "swapped", "empty", "gone", "draft"])
def test_a_file_that_is_damaged_is_made_anew(
    path: Path, lake: StoredLake, damage: str, is_shared: bool
) -> None:
    first, other_file = (shared(file) if is_shared else file for file in files(path)[:2])
    whole = first.read_bytes()
    if damage == "torn":
        first.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":  # the footer is good
        [(start, size)] = duckdb.execute(
            f"SELECT coalesce(dictionary_page_offset, data_page_offset), total_compressed_size"
            f" FROM parquet_metadata('{first}')"
            f" WHERE path_in_schema = '{'batch' if is_shared else 'event_id'}'"
        ).fetchall()
        first.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
    elif damage == "swapped":
        first.write_bytes(other_file.read_bytes())
    elif damage == "empty":
        first.write_bytes(b"")
    elif damage == "gone":
        first.unlink()
    else:
        first.with_name("draft").write_bytes(whole[:100])
        store(path, 10, "later")
    with closing_lake(path) as other:
        assert ids(other) == expected(path)
    assert in_files(path) == expected(path)[: len(in_files(path))]
    assert ids(lake) == expected(path)


@pytest.mark.parametrize(
    "name", ["part_writer.sync", "Path.rename", "events_copy.EventsCopy._show"]
)
def test_a_command_that_is_killed_while_it_writes_costs_nothing(path: Path, name: str) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", DIES.format(name=name), path],
            env=environment(path.parent),
            cwd=ROOT,
            timeout=60,
            check=False,
        )
        assert done.returncode == 9
    with closing_lake(path) as lake:
        assert ids(lake) == expected(path)
    assert len(in_files(path)) == 20


def test_a_copy_of_an_older_version_is_replaced(path: Path, lake: StoredLake) -> None:
    [folder] = {file.parent for file in files(path)}
    old = folder.rename(folder.with_name(f"{folder.name[:-8]}00000000"))
    with closing_lake(path) as other:
        assert ids(other) == expected(path)
    assert not old.exists()
    assert ids(lake) == expected(path)


def test_the_copy_of_another_store_is_not_taken_for_this_ones(
    path: Path, lake: StoredLake, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    store(path, 20, "lost")
    assert len(ids(lake)) == 45
    for file in path.parent.glob(f"{FILE}*"):
        file.unlink()
    shutil.copy(backup, path)  # an earlier moment of the same store, which goes on otherwise
    store(path, 20, "instead")
    with closing_lake(path) as other:
        assert ids(other) == expected(path)
    for file in path.parent.glob(f"{FILE}*"):
        file.unlink()
    store(path, 45, "anew")
    with closing_lake(path) as other:
        assert ids(other) == expected(path)


def test_an_open_prompt_goes_on_when_another_command_replaces_the_files(
    path: Path, lake: StoredLake
) -> None:
    assert len(ids(lake)) == 25
    [folder] = {file.parent for file in files(path)}
    shutil.rmtree(folder)  # as a command of another version does; the store is as it was
    assert ids(lake) == expected(path)
    change(path, "DELETE FROM events WHERE event_id = 'event-003'")
    with closing_lake(path) as other:
        assert ids(other) == ids(lake) == expected(path)


def test_an_open_prompt_follows_a_store_that_is_replaced(
    path: Path, lake: StoredLake, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / FILE
    store(other, 12, "other")
    for file in path.parent.glob(f"{FILE}*"):
        file.rename(tmp_path / "other" / f"old-{file.name}")
    with pytest.raises(StoreError):
        ids(lake)
    shutil.copy(other, path)
    assert ids(lake) == expected(path) == expected(other)
    store(path, 12, "later")
    assert ids(lake) == expected(path)


def test_a_folder_that_cannot_be_written_costs_no_answer(path: Path) -> None:
    (path.parent / FOLDER).write_text("in the way")
    with closing_lake(path) as lake:
        assert ids(lake) == expected(path)
        change(path, "DELETE FROM events WHERE event_id = 'event-003'")
        store(path, 3, "later")
        assert ids(lake) == expected(path)


def test_while_another_command_writes_too_long_nothing_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LOCK_SECONDS", 0)
    with parts.locked(path.parent / FOLDER), closing_lake(path) as lake:
        assert ids(lake) == expected(path)
    assert os.listdir(path.parent / FOLDER) == ["lock"]


@pytest.mark.parametrize("request_file", REQUESTS, ids=lambda file: file.stem)
def test_a_row_is_what_the_record_says(path: Path, request_file: Path) -> None:
    """By way of the record that the store shows, as it was done before."""
    deliver(path, json.loads(request_file.read_text()))
    deliver(path, {"BatchItem": {"device": {"Endpoint": {}, "Events": {"later": EVENT}}}}, LATER)
    with closing(sqlite3.connect(path)) as connection:
        day = "strftime('%Y-%m-%d', arrival_timestamp / 1000, 'unixepoch')"
        sql = f"SELECT json_set(record, '$.application_id', application_id, '$.day', {day})"
        documents = [text for (text,) in connection.execute(f"{sql} FROM events")]
    by_record = connect()
    fill_table(by_record, "raw_events", documents)
    order = "SELECT * FROM raw_events ORDER BY client, event_id, event_timestamp"
    with closing_lake(path) as lake:
        assert lake.query(order).rows == by_record.execute(order).fetchall()


def test_the_copy_is_beside_the_store_and_nothing_of_the_text_stays(
    path: Path, lake: StoredLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    with closing_lake(Path(FILE)) as other:  # a relative path, as DATA_DIR is
        assert ids(other) == ids(lake)
    assert sorted(os.listdir(path.parent)) == sorted(
        {FILE, f"{FILE}-shm", f"{FILE}-wal", FOLDER} & {*os.listdir(path.parent)}
    )
