"""`make run` on a laptop: its rate, the size of its store, `make sql` over a million events."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks import laptop_load

ROOT = Path(__file__).parents[2]
CLIENTS, EVENTS_A_REQUEST, SECONDS, ROUNDS = 32, 100, 10, 3
QUERY = "SELECT event_type, count(*) AS n, count(DISTINCT endpoint_id) AS e FROM events GROUP BY 1"
# Copies of what is stored, as other requests at other times would have stored it.
GROW = """
INSERT INTO batches (id, application_id, endpoint_id, arrival_timestamp, request_id, snapshot)
    SELECT id + :batch, application_id, endpoint_id, arrival_timestamp + :ms, hex(randomblob(18)),
    snapshot FROM batches WHERE id <= :batches;
INSERT INTO batch_events
    SELECT id + :id, batch + :batch, hex(randomblob(18)), event_timestamp + :ms,
    session_start + :ms, session_stop, event, randomblob(22) FROM batch_events WHERE id <= :events;
"""


class Row(NamedTuple):
    """A line of the table; `figure` may be at most the target, or at least where it says so."""

    work: str
    figure: float
    unit: str
    target: float
    at_least: bool = False

    @property
    def bound(self) -> str:
        """The target, as it is read."""
        return f"{'at least' if self.at_least else 'at most'} {self.target:,g}"

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return self.figure >= self.target if self.at_least else self.figure <= self.target


def rows(events: int = 1_000_000) -> list[Row]:
    """Measure all of it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        rate = median(_rate(data) for _ in range(ROUNDS))
        size = _bytes_an_event(data)
        _grow(data, events)
        built = _seconds(data)
        first = median(_seconds(data) for _ in range(ROUNDS))
        following = median(_seconds_after_100(data) for _ in range(ROUNDS))
    many = f"`make sql` over {events:,} events, "
    return [
        Row("`make run`, 100 a request, 32 clients", rate, "events/s", 25_000, at_least=True),
        Row("local store", size, "bytes an event", 900),
        Row(f"{many}first statement ever", built, "s", 3),
        Row(f"{many}first statement of a command", first, "s", 3),
        Row(f"{many}next after 100 more", following, "s", 0.5),
    ]


def _rate(data: Path) -> float:
    """Events a second of a server that begins with an empty store."""
    shutil.rmtree(data, ignore_errors=True)
    environ = {**os.environ, "DATA_DIR": str(data), "PORT": "0"}
    command = [sys.executable, "-m", "local.server"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        port = server.stdout.readline().rsplit(":", 1)[1].strip()
        numbers = map(str, (port, CLIENTS, EVENTS_A_REQUEST, SECONDS))
        load = [sys.executable, "-m", "tests.benchmarks.laptop_load", *numbers]
        # The server's lines are read by nobody until it ends, so they must not fill a pipe.
        lines = subprocess.Popen(["cat"], stdin=server.stdout, stdout=subprocess.DEVNULL)
        told = subprocess.run(load, cwd=ROOT, check=True, capture_output=True, text=True)
        server.send_signal(signal.SIGINT)
        server.wait(laptop_load.SECONDS)
        lines.wait(laptop_load.SECONDS)
    return float(told.stdout)


def _connect(data: Path) -> sqlite3.Connection:
    return sqlite3.connect(data / "putevents.db", isolation_level=None)


def _bytes_an_event(data: Path) -> float:
    with closing(_connect(data)) as store:
        [(count,)] = store.execute("SELECT count(*) FROM batch_events")
    return (data / "putevents.db").stat().st_size / int(count)


def _grow(data: Path, events: int) -> None:
    with closing(_connect(data)) as store:
        store.execute("PRAGMA synchronous = OFF")
        [(count,)] = store.execute("SELECT max(id) FROM batch_events")
        [(batches,)] = store.execute("SELECT max(id) FROM batches")
        for copy in range(1, -(-events // count)):
            places = {"id": copy * count, "batch": copy * batches, "ms": copy * 3_600_000}
            for statement in GROW.split(";\n")[:2]:
                store.execute(statement, {**places, "events": count, "batches": batches})


def _seconds(data: Path) -> float:
    """From the start of a command to its answer."""
    environ = {**os.environ, "DATA_DIR": str(data)}
    command = [sys.executable, "-m", "commands", "sql", "--query", QUERY]
    started = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def _seconds_after_100(data: Path) -> float:
    """An open prompt's next statement, after one request of 100 events."""
    from commands.sql.stored_lake import StoredLake

    with closing(StoredLake(data / "putevents.db")) as lake:
        lake.query(QUERY)
        with closing(_connect(data)) as store:
            store.execute(
                "INSERT INTO batch_events (batch, event_id, event_timestamp, event, identity)"
                " SELECT batch, event_id, event_timestamp, event, randomblob(22)"
                " FROM batch_events ORDER BY id DESC LIMIT 100"
            )
        started = time.monotonic()
        lake.query(QUERY)
        return time.monotonic() - started
