"""Stopping: however many signals come at once, it is one stop, and it ends."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import ROOT, SECONDS, environment, put_events_body
from tests.upstream import running_upstream

STOPS = 50

# Many stops in one process: in each, a storm of signals from another thread.
STORM = f"""
import asyncio, os, signal, threading
from local.stop_signals import StopSignals

async def stop():
    signals = StopSignals()
    sender = threading.Thread(
        target=lambda: [os.kill(os.getpid(), signal.SIGTERM) for _ in range(200)]
    )
    sender.start()
    await signals.wait()
    await asyncio.to_thread(sender.join)

for _ in range({STOPS}):
    asyncio.run(stop())
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what of the storm is still on its way
"""


def test_a_storm_of_signals_is_one_stop(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", STORM], cwd=ROOT, env=environment(tmp_path), timeout=60, check=False
    )

    assert ended.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_and_to_the_child_ends_make_run(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A supervisor signals the whole group while make passes its own signal on."""
    for turn in range(3):
        process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environment(tmp_path / str(turn)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout
            while "curl http" not in process.stdout.readline():
                assert process.poll() is None
            for _ in range(3):
                os.killpg(process.pid, number)
            said, errors = process.communicate(timeout=SECONDS)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        assert "stopping" in said
        assert "Traceback" not in errors


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
