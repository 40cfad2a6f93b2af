"""Messages are due after their wait, however the machine's clock is set meanwhile."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import queues as queues_module
from local.database import FILE, Database
from local.queue_message import QUEUE, NewMessage
from local.queues import Queues
from local.steady_clock import SteadyClock

SECOND = 1_000_000_000
DAY = 24 * 3600


@dataclass
class Machine:
    """Its clock, which anybody can set, and what has really passed."""

    wall: int = 1_800_000_000
    elapsed: int = 5_000

    def clock(self) -> SteadyClock:
        return SteadyClock(lambda: self.wall * SECOND, lambda: self.elapsed * SECOND)

    def pass_seconds(self, seconds: int) -> None:
        self.wall += seconds
        self.elapsed += seconds


@dataclass
class Laptop:
    """Queues on a machine, in one process after the other."""

    path: Path
    machine: Machine
    monkeypatch: pytest.MonkeyPatch

    def start(self) -> Queues:
        self.monkeypatch.setattr(queues_module, "_CLOCK", self.machine.clock())
        self.monkeypatch.setattr(queues_module, "_wall", lambda: self.machine.wall * 1000)
        queues = Queues(Database(self.path), visibility_seconds=30)
        queues.adjust()
        return queues


@pytest.fixture(name="laptop")
def _laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    return Laptop(tmp_path / FILE, Machine(), monkeypatch)


def due_after(laptop: Laptop, queues: Queues) -> int:
    """In how many seconds a message is due, looked at second by second."""
    for seconds in range(200):
        if queues.receive(QUEUE, 1):
            return seconds
        laptop.machine.pass_seconds(1)
    return -1


JUMPS = pytest.mark.parametrize("jump", [-10 * DAY, -3600, -40, 0, 3600, 10 * DAY])


@JUMPS
def test_a_delay_is_as_long_as_it_was_when_the_clock_jumps(laptop: Laptop, jump: int) -> None:
    queues = laptop.start()
    queues.send(QUEUE, [NewMessage("x", {}, delay_seconds=30)])
    laptop.machine.pass_seconds(10)
    laptop.machine.wall += jump
    assert due_after(laptop, queues) == 20


@JUMPS
def test_so_is_a_visibility_timeout(laptop: Laptop, jump: int) -> None:
    queues = laptop.start()
    queues.send(QUEUE, [NewMessage("x", {})])
    queues.receive(QUEUE, 1)
    laptop.machine.wall += jump
    assert due_after(laptop, queues) == 30


@JUMPS
def test_so_is_one_that_was_changed(laptop: Laptop, jump: int) -> None:
    queues = laptop.start()
    queues.send(QUEUE, [NewMessage("x", {})])
    [message] = queues.receive(QUEUE, 1)
    assert queues.change_visibility(QUEUE, message.receipt_handle, 50)
    laptop.machine.wall += jump
    assert due_after(laptop, queues) == 50


@pytest.mark.parametrize("jump", [-10 * DAY, -3600, 0])
@pytest.mark.parametrize("when", ["running", "stopped"])
def test_a_clock_set_back_makes_nobody_wait_after_a_restart(
    laptop: Laptop, jump: int, when: str
) -> None:
    queues = laptop.start()
    if when == "running":
        laptop.machine.wall += jump
    queues.send(QUEUE, [NewMessage("x", {}, delay_seconds=30)])
    if when == "stopped":
        laptop.machine.wall += jump
    assert due_after(laptop, laptop.start()) == 30


def test_after_a_restart_messages_keep_their_order(laptop: Laptop) -> None:
    queues = laptop.start()
    queues.send(QUEUE, [NewMessage("first", {}, delay_seconds=60)])
    laptop.machine.pass_seconds(20)
    queues.send(QUEUE, [NewMessage("second", {}, delay_seconds=60)])
    laptop.machine.wall -= DAY
    queues = laptop.start()
    laptop.machine.pass_seconds(60)
    assert [message.body for message in queues.receive(QUEUE, 2)] == ["first", "second"]


def test_time_that_passes_between_two_processes_counts(laptop: Laptop) -> None:
    laptop.start().send(QUEUE, [NewMessage("x", {}, delay_seconds=30)])
    laptop.machine.pass_seconds(25)
    assert due_after(laptop, laptop.start()) == 5


def test_when_a_message_was_sent_is_the_time_of_day(laptop: Laptop) -> None:
    queues = laptop.start()
    laptop.machine.wall += DAY  # it was wrong, and was put right
    queues.send(QUEUE, [NewMessage("x", {})])
    [message] = queues.receive(QUEUE, 1)
    assert message.sent_at == message.first_received_at == laptop.machine.wall * 1000


def test_a_message_of_an_earlier_version_is_not_due_in_ten_days(laptop: Laptop) -> None:
    laptop.start().send(QUEUE, [NewMessage("x", {}, delay_seconds=10 * DAY)])
    with closing(sqlite3.connect(laptop.path)) as connection, connection:
        connection.execute("ALTER TABLE messages DROP COLUMN hidden_at")
    assert due_after(laptop, laptop.start()) == 0
