"""What the pages tell a reader to type works, in an empty environment and in a year's time."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.commands.documented_shell import (
    AWS_COMMANDS,
    ELSEWHERE,
    NEED_AWS,
    ROOT,
    Typed,
    markers,
    typed,
    unclear,
)
from tests.deployed.emulator import free_port
from tests.loopback import Request, Response, serving

SECONDS = 120
FAKETIME = shutil.which("faketime")
YEAR_AHEAD = [FAKETIME, "-m", "-f", "+365d"] if FAKETIME else []  # without it, as of today
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
DEPLOYED = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"
SHOWN = "http://127.0.0.1:8080"
NO_ACCOUNT = re.compile(
    r"No region is chosen|There are no AWS credentials|Unable to locate credentials"
    r"|has no token|--url.*should be like https"
)
TYPED = typed()


def starting(*starts: str) -> list[Typed]:
    return [one for one in TYPED if one.text.startswith(starts)]


HERE = [one for one in TYPED if one not in starting(*ELSEWHERE, *NEED_AWS, *AWS_COMMANDS)]
HERE += [
    one
    for one in starting(*NEED_AWS)
    if one not in starting(*ELSEWHERE)
    if "--data-dir" in one.text
    or '"--url http://127' in one.text
    or re.match("make import-endpoints .*--dry-run", one.text)
]
AT_AWS = [one for one in starting(*NEED_AWS) if one not in [*HERE, *starting(*ELSEWHERE)]]


def named(found: list[Typed]) -> list[object]:
    """Each command once, whatever its comment, though several pages have it."""
    once = {(one.before, re.sub(r"\s+# .*$", "", one.text)): one for one in reversed(found)}
    return [pytest.param(one, id=f"{one.page}: {one.text[:60]}") for one in reversed(once.values())]


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
            ("SECONDS=60", "SECONDS=1"),
        ):
            text = text.replace(written, own) if written != DEPLOYED or not more else text
        return subprocess.run(
            [*YEAR_AHEAD, "sh", "-ec", text], cwd=ROOT, env={**self.environment, **more},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip


def test_commands_run_with_the_clock_a_year_ahead() -> None:
    if not FAKETIME:
        pytest.skip("faketime is not installed here: commands run as of today")
    said = subprocess.run([*YEAR_AHEAD, "date", "+%s"], capture_output=True, text=True, timeout=9)
    assert datetime.fromtimestamp(int(said.stdout), UTC) > datetime.now(UTC) + timedelta(days=364)


@pytest.fixture(name="reader", scope="module")
def _reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    receipts = set(ROOT.glob("forget-*"))
    # By the real clock, or make would take them for newer than any change of a whole year.
    ready = markers([*HERE, *AT_AWS])
    subprocess.run(["make", "--silent", *ready], cwd=ROOT, check=True, timeout=SECONDS)
    yield Reader(tmp_path_factory.mktemp("reader"))
    ahead = [one for one in ready if (ROOT / one).stat().st_mtime > time.time()]
    assert not ahead, f"make takes them for newer than any change: {ahead}"
    for receipt in {*ROOT.glob("forget-*")} - receipts:  # `make forget` writes where it is called
        receipt.unlink()


@pytest.fixture(name="gateway", scope="module")
def _gateway(reader: Reader) -> Iterator[Reader]:
    """`make run`, and the made-up shop in it."""
    process = subprocess.Popen(
        [*YEAR_AHEAD, "make", "run"], cwd=ROOT, env=reader.environment, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
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
        yield reader
    finally:
        watchdog.cancel()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(SECONDS)
        if reading:
            reading.join()
        process.stdout.close()


@pytest.mark.parametrize("typed", named(HERE))
def test_a_command_does_what_its_page_says(typed: Typed, gateway: Reader) -> None:
    done = gateway.types(typed)

    assert done.returncode == 0, done.stderr or done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_samples_are_of_the_day_on_which_they_are_sent(gateway: Reader) -> None:
    for sample in starting("curl", "aws pinpoint"):
        if sample.page == "README.md":
            assert gateway.types(sample).returncode == 0

    charts = gateway.types(Typed("", "make -s sql NAME=daily_active_endpoints"))
    year = datetime.now(UTC).year + (1 if YEAR_AHEAD else 0)
    assert re.search(rf"^my-app +\| {year}-", charts.stdout, re.MULTILINE), charts


@pytest.mark.parametrize("typed", named(AT_AWS))
def test_without_an_account_a_command_says_so(typed: Typed, reader: Reader) -> None:
    done = reader.types(typed, AWS_EC2_METADATA_DISABLED="true")

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Traceback" not in said
    assert NO_ACCOUNT.search(said), said


def answer(request: Request) -> Response:
    """What AWS's JSON protocol and its query protocol answer where there is nothing to say."""
    action = re.search(rb"Action=(\w+)", request.body)
    name = action[1].decode() if action else ""
    xml = f"<{name}Response><{name}Result/><ResponseMetadata/></{name}Response>"
    return Response(200, xml.encode() if action else b"{}")


@pytest.mark.parametrize("typed", named(starting(*AWS_COMMANDS)))
def test_the_cli_sends_what_a_command_of_aws_says(typed: Typed, reader: Reader) -> None:
    text = re.sub(r" > \S+$| +#.*$", "", typed.text).replace("file://policy.json", "{}")
    asked = list[Request]()

    def note(request: Request) -> Response:
        asked.append(request)
        return answer(request)

    with serving(note) as url:
        words = f"{text} --no-sign-request --region us-east-1 --endpoint-url {url}"
        done = reader.types(Typed(typed.page, words))

    assert done.returncode == 0, done.stderr
    assert len(asked) == 1


def test_there_are_commands_of_each_kind() -> None:
    assert {one.page for one in HERE} >= {"README.md", "clients.md", "put-events.md", "lake.md"}
    assert len(HERE) >= 12
    assert {*markers(HERE)} >= {".venv/run", ".venv/sql", ".venv/dev", ".venv-load/ready"}
    assert len(AT_AWS) >= 15
    assert len(starting(*AWS_COMMANDS)) >= 8


def test_no_block_hides_a_command() -> None:
    assert unclear() == []
