"""Processes restored from one snapshot differ where they must; it holds no connection."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from putevents import snap_start
from putevents.observability import tracer
from tests.unit.doors import ENVIRONMENT

SOURCE = Path(__file__).parents[2] / "lambda_src"
# The library of Lambda's runtime, as far as it is used.
LIBRARY = "hooks = []\nregister_after_restore = hooks.append\n"
# Each fork is a process restored from the snapshot; Python's own reseeding after a fork is undone.
PROGRAM = """
import os, random, sys
import putevents.{} as door
import snapshot_restore_py
from putevents.queue.retry import RetryQueue
sockets = [os.readlink(f"/proc/self/fd/{{fd}}") for fd in os.listdir("/proc/self/fd")
           if os.path.exists(f"/proc/self/fd/{{fd}}")]
tcp = [line.split()[9] for line in open("/proc/self/net/tcp").readlines()[1:]]
assert not [s for s in sockets if s.strip("socket:[]") in tcp], "a connection is in the snapshot"
state = random.getstate()
for hooks in ([], snapshot_restore_py.hooks):
    for _ in range(2):
        if os.fork() == 0:
            random.setstate(state)
            for hook in hooks:
                hook()
            print(random.uniform(0, 1), flush=True)
            os._exit(0)
        os.wait()
"""


@pytest.mark.parametrize("door", ["api_handler", "queue_handler"])
def test_processes_of_one_snapshot_wait_differently(tmp_path: Path, door: str) -> None:
    (tmp_path / "snapshot_restore_py.py").write_text(LIBRARY)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(door)],
        env={
            **ENVIRONMENT,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{SOURCE}:{tmp_path}",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
            "LAMBDA_TASK_ROOT": "/var/task",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    started, first, second, third, fourth = done.stdout.split()
    assert '"started"' in started
    assert first == second, "without the hook they are the same, so this test can tell"
    assert len({first, third, fourth}) == 3


def test_only_a_snapshot_registers_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks: list[Callable[[], None]] = []
    library = SimpleNamespace(register_after_restore=hooks.append)
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", library)

    for kind in ("on-demand", "snap-start"):
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
        snap_start.register()

    assert hooks == [snap_start.restored]


def test_a_restored_process_reseeds_and_finds_the_trace_daemon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder: Any = tracer.provider
    emitter = recorder.emitter
    before = emitter.ip, emitter.port
    random.seed(1)
    monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS", raising=False)
    snap_start.restored()
    assert (emitter.ip, emitter.port) == before
    assert random.random() != random.Random(1).random()  # noqa: S311 # that is the point

    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.9:2009")
    try:
        snap_start.restored()
        assert (emitter.ip, emitter.port) == ("127.0.0.9", 2009)
    finally:
        emitter.set_daemon_address(f"{before[0]}:{before[1]}")
