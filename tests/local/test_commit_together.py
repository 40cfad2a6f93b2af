"""Writers that wait for each other are committed at once, and each hears the truth."""

import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from local.database import FILE, Database
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, put_events_body

SECONDS = 30
INSERT = "INSERT INTO changes (event) VALUES (?)"


class Writers:
    """Threads whose turns a test decides: the first stays in its transaction until all wait."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path, busy_seconds=0.1)
        self.commits: list[str] = []
        with self.database.transaction() as connection:
            connection.set_trace_callback(self._trace)
        self.commits.clear()

    def run(self, first: Callable[[Any], None], *others: Callable[[Any], None]) -> list[Any]:
        """What each raised, or None."""
        entered, go_on = threading.Event(), threading.Event()

        def leading(connection: Any) -> None:
            entered.set()
            assert go_on.wait(SECONDS)
            first(connection)

        with ThreadPoolExecutor(1 + len(others)) as threads:
            tasks = [threads.submit(self._write, leading)]
            assert entered.wait(SECONDS)
            tasks += [threads.submit(self._write, other) for other in others]
            self._wait_until_joining(len(others))
            go_on.set()
            return [self._error(task) for task in tasks]

    def stored(self) -> list[int]:
        with closing(sqlite3.connect(self.database.path)) as connection:
            return [
                event for (event,) in connection.execute("SELECT event FROM changes ORDER BY 1")
            ]

    def _write(self, work: Callable[[Any], None]) -> None:
        with self.database.shared_transaction() as connection:
            work(connection)

    def _wait_until_joining(self, count: int) -> None:
        waited = threading.Event()
        for _ in range(SECONDS * 1000):
            if self.database._joining == count:
                return
            waited.wait(0.001)
        raise AssertionError("not all came")

    def _error(self, task: "Future[None]") -> Any:
        return task.exception(SECONDS)

    def _trace(self, statement: str) -> None:
        if statement == "COMMIT":
            self.commits.append(statement)


def adding(number: int) -> Callable[[Any], None]:
    return lambda connection: connection.execute(INSERT, (number,))


@pytest.fixture(name="writers")
def _writers(tmp_path: Path) -> Iterator[Writers]:
    writers = Writers(tmp_path / FILE)
    yield writers
    writers.database.close()


def test_those_who_wait_for_one_are_committed_with_it(writers: Writers) -> None:
    assert writers.run(*map(adding, range(5))) == [None] * 5
    assert (writers.stored(), len(writers.commits)) == ([0, 1, 2, 3, 4], 1)
    assert writers.run(adding(5)) == [None]
    assert len(writers.commits) == 2


@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_that_fails_is_undone_alone(writers: Writers, place: int) -> None:
    def failing(connection: Any) -> None:
        connection.execute(INSERT, (100,))
        connection.execute("INSERT INTO nowhere VALUES (1)")

    work = [adding(number) for number in range(5)]
    work[place] = failing
    errors = writers.run(*work)
    assert [bool(error) for error in errors] == [number == place for number in range(5)]
    assert writers.stored() == [number for number in range(5) if number != place]


def test_when_all_is_rolled_back_nobody_hears_that_it_is_stored(writers: Writers) -> None:
    def full_disk(connection: Any) -> None:
        connection.execute(INSERT, (100,))
        connection.execute("ROLLBACK")

    errors = writers.run(adding(0), full_disk, adding(2), full_disk, adding(4))
    told = [number for number, error in enumerate(errors) if not error]
    assert writers.stored() == told
    assert {type(error) for error in errors if error} == {sqlite3.OperationalError}
    assert errors[1]
    assert errors[3]


def test_a_commit_that_fails_is_everybodys(writers: Writers) -> None:
    with closing(sqlite3.connect(writers.database.path)) as other:
        # A constraint that is checked at the commit only.
        other.executescript(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);"
        )
    with writers.database.transaction() as connection:
        pass
    connection.execute("PRAGMA foreign_keys = ON")
    orphan = "INSERT INTO child VALUES (1)"
    errors = writers.run(adding(0), lambda connection: connection.execute(orphan), adding(2))
    assert all("FOREIGN KEY" in str(error) for error in errors)
    assert writers.stored() == []


def test_who_wants_a_transaction_of_its_own_commits_for_those_before(writers: Writers) -> None:
    started = threading.Event()

    def own() -> None:
        started.set()
        with writers.database.transaction() as connection:
            connection.execute(INSERT, (9,))

    def last(connection: Any) -> None:
        connection.execute(INSERT, (1,))

    with ThreadPoolExecutor(1) as threads:
        task: list[Future[None]] = []

        def first(connection: Any) -> None:
            connection.execute(INSERT, (0,))
            task.append(threads.submit(own))
            assert started.wait(SECONDS)

        assert writers.run(first, last) == [None, None]
        task[0].result(SECONDS)
    assert writers.stored() == [0, 1, 9]


def test_what_was_answered_while_many_wrote_survives_kill_9(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    answered: SimpleQueue[str] = SimpleQueue()

    def send(writer: int) -> None:
        """Until the gateway is gone."""
        for number in range(10_000):
            event_id = f"{writer}-{number}"
            try:
                answer = gateway.put_events(put_events_body({event_id: EVENT}))
            except (OSError, HTTPException):
                return
            [told] = answer["Results"]["device"]["EventsItemResponse"].values()
            if told["StatusCode"] == 202:
                answered.put(event_id)

    with ThreadPoolExecutor(8) as threads:
        senders = [threads.submit(send, writer) for writer in range(8)]
        first = [answered.get(timeout=SECONDS) for _ in range(200)]
        gateway.end(signal.SIGKILL)
        for sender in senders:
            sender.result(SECONDS)
    accepted = {*first, *(answered.get() for _ in range(answered.qsize()))}
    assert accepted <= {event_id for _, event_id, _ in gateway.stored()}
