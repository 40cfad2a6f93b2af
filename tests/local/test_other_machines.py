"""`make run HOST=0.0.0.0`: other machines may send events; the rest stays this machine's."""

import json
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from local.other_machines import is_this_machine, rejection_of_others
from tests.local.running_gateway import ROOT, environment, put_events_body

EVENTS = "/v1/apps/my-app/events"
HOST = (b"host", b"192.168.1.5:8080")


def scope(
    method: str, path: str, *headers: tuple[bytes, bytes], client: str = "192.168.1.9"
) -> Any:
    return {
        "method": method,
        "raw_path": path.encode(),
        "headers": list(headers) or [HOST],
        "client": (client, 5000),
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", EVENTS), ("POST", EVENTS + "/legacy"), ("PUT", "/v1/apps/my-app/endpoints/phone"),
        ("PUT", "/v1/apps/my-app/endpoints"), ("OPTIONS", EVENTS), ("POST", "//v1//apps/a/events"),
        ("GET", "/v1/apps/my-app/endpoints/phone/inappmessages"),
    ],
)  # fmt: skip
def test_what_an_app_does_is_let_in(method: str, path: str) -> None:
    assert rejection_of_others(scope(method, path)) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/live/events", "/live/sql", "/live/chaos", "/live/stream", "/page/app.js", "/docs",
        "/openapi.json", "/queue", "/dead-letters", "/health", "//", "/LIVE/sql", "",
        "/v1/apps/my-app/../../live/sql", "/live/v1/apps/a/events", "/v1/apps/a/events/../live",
        "/v1/apps/a/events?/live/sql", "/%6cive/sql", "/v1/apps/a/campaigns",
    ],
)  # fmt: skip
def test_everything_else_is_this_machines(method: str, path: str) -> None:
    rejected = rejection_of_others(scope(method, path))

    assert rejected
    assert rejected[0] == 403


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD"])
@pytest.mark.parametrize("of", ["endpoints/phone", "users/ann", "endpoints%2fphone"])
def test_what_is_stored_is_not_read_or_deleted(method: str, of: str) -> None:
    assert rejection_of_others(scope(method, f"/v1/apps/my-app/{of}"))


@pytest.mark.parametrize(
    "hosts",
    [
        [], [b"evil.example"], [b"localhost.evil.example:8080"], [b"192.168.1.5", b"evil.example"],
        [b"192.168.1.5@evil.example"], [b"192.168.1.5:99999"], [b""], [b"192.168.1.5.evil.example"],
    ],
)  # fmt: skip
def test_a_name_that_was_led_here_is_not_answered(hosts: list[bytes]) -> None:
    headers = [(b"Host", host) for host in hosts] or [(b"accept", b"*/*")]
    rejected = rejection_of_others(scope("POST", EVENTS, *headers))

    assert rejected
    assert rejected[0] == 421


def test_no_header_makes_a_machine_this_one() -> None:
    said = [(b"x-forwarded-for", b"127.0.0.1"), (b"forwarded", b"for=127.0.0.1"), HOST]

    assert not is_this_machine(scope("GET", "/", *said))
    assert is_this_machine(scope("GET", "/", client="127.0.0.1"))
    assert not is_this_machine({"client": None})


def own_address() -> str:
    """An address of this machine that is not loopback; there may be none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def ask(address: str, port: int, method: str, path: str, body: Any = None) -> tuple[int, str]:
    connection = HTTPConnection(address, port, timeout=20)
    try:
        connection.request(method, path, json.dumps(body) if body else None)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@pytest.mark.skipif(not own_address(), reason="this machine has no address but loopback")
@pytest.mark.parametrize("words", [[], ["--host", "0.0.0.0"]])  # noqa: S104 # what is tested
def test_it_is_open_only_where_that_is_asked_for(words: list[str], tmp_path: Path) -> None:
    # HOST of the environment is what some shells call the machine, and opens nothing.
    settings = environment(tmp_path / "data", HOST="0.0.0.0", PYTHONUNBUFFERED="1")  # noqa: S104
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "run", *words], cwd=ROOT, env=settings, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    said = []
    try:
        assert process.stdout
        last = "the queue stay yours" if words else "try           curl"
        for line in process.stdout:
            said.append(line)
            if last in line:
                break
        port = int(next(line for line in said if "PutEvents on" in line).rpartition(":")[2])
        assert ask("127.0.0.1", port, "GET", "/live/summary")[0] == 200
        if words:
            status, answer = ask(own_address(), port, "POST", EVENTS, put_events_body())
            assert (status, "Accepted" in answer) == (202, True)
            assert ask(own_address(), port, "GET", "/live/summary")[0] == 403
            assert any("for others    http://" in line for line in said)
        else:
            with pytest.raises(ConnectionRefusedError):
                ask(own_address(), port, "POST", EVENTS, put_events_body())
    finally:
        process.kill()
        process.communicate()


def test_another_host_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "run", "--host", "192.168.1.5"], cwd=ROOT,
        env=environment(tmp_path / "data"), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "'192.168.1.5' is not one of '127.0.0.1', '0.0.0.0'" in done.stderr
    assert not (tmp_path / "data").exists()
