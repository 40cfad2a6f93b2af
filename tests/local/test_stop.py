"""Stopping: however many signals come at once, it is one stop, and it ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import ROOT, SECONDS, environment, put_events_body
from tests.upstream import accept_all, running_upstream

STOPS = 50
# As often `make run` is started and stopped by a supervisor; `make faults` does it 50 times.
SUPERVISED = int(os.environ.get("STOPS", "8"))

# Many stops in one process: in each, a storm of signals from another thread.
STORM = f"""
import asyncio, os, signal, threading
from local.stop_signals import StopSignals

async def stop():
    with StopSignals() as signals:
        sender = threading.Thread(
            target=lambda: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(200)]
        )
        sender.start()
        await signals.wait()
    await asyncio.to_thread(sender.join)

for _ in range({STOPS}):
    asyncio.run(stop())
"""


@pytest.fixture(autouse=True)
def _hangup() -> Iterator[None]:
    """What a test starts takes SIGHUP, though the tests themselves may run under nohup."""
    kept = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, kept)


def test_a_storm_of_signals_is_one_stop(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STORM], cwd=ROOT, env=environment(tmp_path), timeout=60, check=False
    )

    assert ended.returncode == 0


def start(data_dir: Path, *command: str) -> subprocess.Popen[str]:
    """A supervisor's child, in a process group of its own."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(data_dir),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def stopped(process: subprocess.Popen[str], stop: Callable[[], None]) -> tuple[str, str]:
    """Stop it when it has started, or at once if `stop` waits itself; what it said."""
    try:
        assert process.stdout
        while "curl http" not in process.stdout.readline():
            assert process.poll() is None
        stop()
        return process.communicate(timeout=SECONDS)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def child_of(process: subprocess.Popen[str]) -> int:
    found = subprocess.check_output(["pgrep", "-P", str(process.pid)], text=True)
    return int(found)


@pytest.mark.parametrize(
    ("number", "times"), [(signal.SIGINT, 3), (signal.SIGTERM, SUPERVISED), (signal.SIGHUP, 3)]
)
def test_a_signal_to_the_group_and_to_the_child_ends_make_run(
    tmp_path: Path, number: signal.Signals, times: int
) -> None:
    """A supervisor signals the whole group while make passes its own signal on."""

    def stop(turn: int) -> tuple[str, str]:
        process = start(tmp_path / str(turn), "make", "run")

        def signal_all() -> None:
            child = child_of(process)
            os.killpg(process.pid, number)
            os.kill(child, number)

        return stopped(process, signal_all)

    with ThreadPoolExecutor(4) as turns:
        for said, errors in turns.map(stop, range(times)):
            assert said.count("stopping") == 1
            assert "Traceback" not in errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_until_the_very_end_change_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path / "data", sys.executable, "-m", "commands", "run")
    storm = threading.Event()

    def signal_often() -> None:
        while process.poll() is None and not storm.wait(0.005):
            process.send_signal(number)

    def stop() -> None:
        sender.start()
        threading.Timer(0.9, storm.set).start()  # what comes after a second ends it at once

    sender = threading.Thread(target=signal_often)
    _, errors = stopped(process, stop)
    storm.set()
    sender.join()

    assert (process.returncode, errors) == (0, "")


def test_a_signal_while_it_starts_stops_it(tmp_path: Path) -> None:
    """The signal comes as soon as the process has a log file, before it serves."""
    process = start(tmp_path / "data", sys.executable, "-m", "commands", "run")
    log_file = tmp_path / "data" / "gateway.log"
    deadline = time.monotonic() + SECONDS
    while not log_file.exists():
        assert time.monotonic() < deadline
    process.terminate()
    said, errors = process.communicate(timeout=SECONDS)

    assert (process.returncode, errors) == (0, "")
    assert "stopping" in said


def test_under_nohup_a_closed_terminal_does_not_stop_it(tmp_path: Path) -> None:
    process = start(tmp_path / "data", "nohup", sys.executable, "-m", "commands", "run")

    def stop() -> None:
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.terminate()

    _, errors = stopped(process, stop)

    assert process.returncode == 0
    assert "Traceback" not in errors


def test_a_message_in_hand_is_finished_before_the_stop(start_gateway: StartGateway) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def answer(request: Any) -> Any:
        asked.set()
        let_go.wait(SECONDS)
        return 202, accept_all(request)

    with running_upstream() as upstream:
        upstream.answer = answer
        gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url)
        message = {"ApplicationId": "my-app", "EventsRequest": put_events_body()}
        body = urlencode({"Action": "SendMessage", "MessageBody": json.dumps(message)})
        connection = gateway.connect()
        connection.request(
            "POST", "/queue", body, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert connection.getresponse().read()
        connection.close()
        assert asked.wait(SECONDS)
        gateway.process.terminate()
        gateway.wait_for("stopping")
        let_go.set()

        assert gateway.ended() == (0, "")
        assert gateway.rows("SELECT count(*) FROM messages") == [(0,)]
        assert gateway.wait_for("queue  1 taken")


def test_a_second_signal_after_a_moment_ends_at_once(start_gateway: StartGateway) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def hang(_: Any) -> None:
        asked.set()
        let_go.wait(SECONDS)

    with running_upstream() as upstream, ThreadPoolExecutor() as clients:
        upstream.answer = hang
        gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=upstream.url)
        request = clients.submit(gateway.put_events, put_events_body())
        assert asked.wait(SECONDS)
        for _ in range(100):  # the first ones are one stop
            gateway.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                gateway.process.wait(0.2)
                break

        assert gateway.process.returncode == 1
        assert request.exception(SECONDS)
        let_go.set()
