"""Somebody who types what the pages say, a year ahead, and the gateway that they have started."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.commands.documented_reasons import ELSEWHERE
from tests.commands.documented_shell import ROOT, Typed, markers, typed
from tests.deployed.emulator import free_port

SECONDS = 120
FAKETIME = shutil.which("faketime")
_YEAR_AHEAD = [FAKETIME, "-m", "-f", "+365d"] if FAKETIME else []  # without it, as of today
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
DEPLOYED = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"
NOWHERE = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}  # no machine of AWS
SHOWN = "http://127.0.0.1:8080"
NO_ACCOUNT = re.compile(
    r"No region is chosen|There are no AWS credentials|Unable to locate credentials"
    r"|has no token|--url.*should be like https"
)


def year_ahead() -> list[str]:
    """What a command begins with to run with the clock a year ahead."""
    # It names its semaphore by its process id; of one that was killed the next of that id finds it.
    for left in Path("/dev/shm").glob("*faketime_s*_*"):  # noqa: S108 - where faketime puts it
        with suppress(PermissionError):
            if not Path("/proc", left.name.rpartition("_")[2]).exists():
                left.unlink(missing_ok=True)
    return _YEAR_AHEAD


class Reader:
    """Somebody who has a checkout, Python and the AWS CLI, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "home").mkdir()
        (folder / "requests.ndjson").write_text(
            (ROOT / "tests/events/requests/aws-documentation.json").read_text().replace("\n", "")
        )
        (folder / "endpoints.csv").write_text("Id,ChannelType,Address\nphone,SMS,+1555\n")
        (folder / "statements.sql").write_text("SELECT count(*) FROM events;\n")
        (folder / "my-app").mkdir()
        (folder / "my-app/app.py").write_text(
            f"boto3.client('pinpoint', endpoint_url='{DEPLOYED}')\n"
        )
        self.environment = {
            "PATH": PATH,
            "HOME": str(folder / "home"),
            "DATA_DIR": str(folder / "data"),  # not the developer's own
            "PORT": str(self.port),
            # Only the time of day is ahead; what waits for a lock by the other clock is left alone.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        }

    def types(self, typed: Typed, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command as it is written, against this reader's gateway and files."""
        text = f"{typed.before}{typed.text}"
        for written, own in (
            (DEPLOYED, f"http://127.0.0.1:{self.port}"),
            (SHOWN, f"http://127.0.0.1:{self.port}"),
            ("requests.ndjson", f"{self.folder}/requests.ndjson"),
            ("FILE=endpoints.csv", f"FILE={self.folder}/endpoints.csv"),
            ("arn:aws:acm:...", "arn:aws:acm:eu-west-1:111122223333:certificate/1-2"),
            ("--data-dir .data", f"--data-dir {self.folder}/data"),
            ("../my-app", f"{self.folder}/my-app"),
            ("statements.sql", f"{self.folder}/statements.sql"),
            ("SECONDS=60", "SECONDS=1"),
        ):
            text = text.replace(written, own) if written != DEPLOYED or not more else text
        with hand() as terminal:
            return subprocess.run(
                [*year_ahead(), "sh", "-ec", text], cwd=ROOT, env={**self.environment, **more},
                stdin=terminal if text.startswith("make forget") else subprocess.DEVNULL,
                capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip

    def words(self, text: str, program: str, **more: str) -> list[str]:
        """The words with which a shell would call a program in a command."""
        written = re.sub(rf"^((?:exec )?){re.escape(program)} ", r"\1printf '%s\\0' ", text)
        done = subprocess.run(
            ["sh", "-ec", written], cwd=ROOT, env={**self.environment, **more},
            capture_output=True, text=True, timeout=SECONDS, check=True,
        )  # fmt: skip
        return done.stdout.split("\0")[:-1]

    def calls(self, module: str, commands: list[list[str]]) -> list[list[Any]]:
        """Call a program with each list of words in one process, which tells of each."""
        done = subprocess.run(
            [*year_ahead(), sys.executable, "-m", module], cwd=ROOT, input=json.dumps(commands),
            env={**self.environment, **NOWHERE}, capture_output=True, text=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told: list[list[Any]] = json.loads(done.stdout)
        assert len(told) == len(commands)
        return told


@contextmanager
def hand() -> Iterator[int]:
    """A terminal at which somebody has typed yes."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, b"y\n")
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.fixture(name="reader", scope="module")
def _reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    receipts = set(ROOT.glob("forget-*"))
    # By the real clock, or make would take them for newer than any change of a whole year.
    ready = markers([one for one in typed() if not one.text.startswith(tuple(ELSEWHERE))])
    subprocess.run(["make", "--silent", *ready], cwd=ROOT, check=True, timeout=SECONDS)
    yield Reader(tmp_path_factory.mktemp("reader"))
    ahead = [one for one in ready if (ROOT / one).stat().st_mtime > time.time()]
    assert not ahead, f"make takes them for newer than any change: {ahead}"
    for receipt in {*ROOT.glob("forget-*")} - receipts:  # `make forget` writes where it is called
        receipt.unlink()


@pytest.fixture(name="gateway", scope="module")
def _gateway(reader: Reader) -> Iterator[Reader]:
    """`make run`, and the made-up shop in it."""
    with running(Typed("", "make run"), reader.environment):
        yield reader


@contextmanager
def running(typed: Typed, environment: dict[str, str]) -> Iterator[None]:
    """A gateway that a command starts, from when it says how to try it."""
    process = subprocess.Popen(
        [*year_ahead(), "sh", "-ec", f"{typed.before}exec {typed.text}"], cwd=ROOT, env=environment,
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    watchdog = threading.Timer(SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    reading = None
    assert process.stdout
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "try           curl" in line:
                break
        assert "try           curl" in "".join(said)
        watchdog.cancel()
        reading = threading.Thread(target=process.stdout.read)
        reading.start()
        yield
    finally:
        watchdog.cancel()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(SECONDS)
        if reading:
            reading.join()
        process.stdout.close()
