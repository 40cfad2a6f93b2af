"""The container's parts, without a builder: what it copies is enough to run, in a folder alone."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Containerfile").read_text()
STEPS = [line.split(" ", 1) for line in TEXT.splitlines() if re.match("[A-Z]+ ", line)]
SECONDS = 60


def steps(kind: str) -> list[str]:
    return [rest for name, rest in STEPS if name == kind]


@pytest.fixture(name="image", scope="module")
def _image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as the COPY steps make it."""
    folder = tmp_path_factory.mktemp("image")
    [workdir] = steps("WORKDIR")
    image = folder / workdir.lstrip("/")
    for copied in steps("COPY"):
        source, target = copied.split()
        (image / target).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / source).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
            shutil.copytree(ROOT / source, image / target, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / source, image / target)
    return image


@pytest.fixture(name="port", scope="module")
def _port(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The entry point, running with nothing but what was copied and installed."""
    program = [*json.loads(steps("ENTRYPOINT")[0]), *json.loads(steps("CMD")[0])]
    assert program[0] == "python"
    variables = dict(line.split("=", 1) for line in steps("ENV"))
    environment = variables | {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(tmp_path_factory.mktemp("volume") / variables["DATA_DIR"].lstrip("/")),
        "PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, *program[1:]], cwd=image, env=environment, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if "try           curl" in line:
                break
        found = re.search(r"PutEvents on +http://127\.0\.0\.1:(\d+)", "".join(said))
        assert found, said
        yield int(found[1])
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0  # as `podman stop` ends it
    finally:
        process.kill()
        process.communicate()


def ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        headers = {"X-Live": "1"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/health", "/", "/page/app.js", "/openapi.json", "/docs"])
def test_what_it_serves_was_copied(path: str, port: int) -> None:
    assert ask(port, "GET", path)[0] == 200


def test_it_takes_events_and_answers_sql(port: int) -> None:
    event = {"EventType": "hello", "Timestamp": "2026-01-02T03:04:05Z"}
    batch = {"phone": {"Endpoint": {}, "Events": {"1": event}}}
    status, _ = ask(port, "POST", "/v1/apps/my-app/events", {"BatchItem": batch})
    assert status == 202

    query = "SELECT event_type FROM events"
    status, answer = ask(port, "POST", "/live/sql", {"query": query, "sql": query})
    assert status == 200
    assert b"hello" in answer


@pytest.mark.parametrize("command", ["demo", "sql", "dead-letters", "redrive", "replay-rejected"])
def test_its_other_commands_start(command: str, image: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commands", command, "--help"], cwd=image, check=False,
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_it_installs_what_is_pinned_by_hash_and_runs_as_nobody() -> None:
    [installed] = [step for step in steps("RUN") if "pip install" in step]
    files = re.findall(r"-r (\S+)", installed)
    assert files == ["local/requirements.txt", "commands/sql/requirements.txt"]
    assert "--require-hashes" in installed
    assert {f"{file} {file}" for file in files} <= {*steps("COPY")}
    assert steps("USER") == ["nobody"]
