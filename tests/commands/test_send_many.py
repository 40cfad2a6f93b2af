"""`send` with many requests: how many at once, what a terminal shows, and an interrupt."""

import os
import pty
import signal
import threading
from pathlib import Path
from typing import Any

from tests.clients.programs import SECONDS, Program
from tests.commands.running_send import Command, events, write_lines
from tests.upstream import accept_all, running_upstream


def test_as_many_requests_are_on_their_way_as_allowed_and_no_more(
    run: Program, tmp_path: Path
) -> None:
    together = threading.Barrier(3, timeout=SECONDS)
    lock = threading.Lock()
    now, most = 0, 0

    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()
        with lock:
            now -= 1
        return 202, accept_all(request)

    file = write_lines(tmp_path / "lines", *[events(one="tap")] * 9)
    with running_upstream() as upstream:
        upstream.answer = answer
        status, _, _ = Command(run, upstream.url)(
            "--requests", file, "--application-id", "a", "--concurrency", "3"
        )

    assert (status, most) == (0, 3)


def test_a_terminal_sees_a_progress_bar_and_bad_lines_beside_it(
    put_events: Command, app: str, tmp_path: Path
) -> None:
    lines = [events(one="tap"), "bad", events(two="tap"), ""]
    file = write_lines(tmp_path / "lines", *lines)
    ours, theirs = pty.openpty()

    with put_events.start("--requests", file, "--application-id", app, stderr=theirs) as process:
        output, _ = process.communicate(timeout=SECONDS)
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        seen = terminal.read1().decode()

    assert "[####################################]  3/3" in seen
    assert "\r\x1b[KLine 2 was not sent: Not JSON" in seen
    assert output.startswith("requests   2 sent, 0 failed, 1 not sent (bad lines)\n")


def test_an_interrupted_run_tells_what_was_sent(run: Program, tmp_path: Path) -> None:
    arrived, release = threading.Event(), threading.Event()

    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        arrived.set()
        release.wait(SECONDS)
        return 202, accept_all(request)

    file = write_lines(tmp_path / "lines", *[events(one="tap")] * 1000)
    options = ["--requests", file, "--application-id", "a", "--concurrency", "1"]
    with running_upstream() as upstream:
        upstream.answer = answer
        with Command(run, upstream.url).start(*options) as process:
            assert arrived.wait(SECONDS)
            process.send_signal(signal.SIGINT)
            release.set()
            output, errors = process.communicate(timeout=SECONDS)
        sent = len(upstream.requests)

    assert output.splitlines()[0] == f"requests   {sent} sent, 0 failed"
    assert sent < 1000
    assert (process.returncode, errors) == (130, "")
