"""Only this machine's user: other hosts' names, other pages, and other users are kept out."""

import json
import socket
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import SECONDS, RunningGateway, put_events_body

EVENTS, ENDPOINT = "/v1/apps/own/events", "/v1/apps/own/endpoints/device"
DEV_SERVER = "http://localhost:3000"
SQS = {"X-Amz-Target": "AmazonSQS.GetQueueAttributes"}
LIVE = {"X-Live": "1"}


def ask(
    gateway: RunningGateway, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    with closing(gateway.connect()) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.putrequest(method, path, skip_host="Host" in named)
        sent = b"" if body is None else json.dumps(body).encode()
        for name, value in {**named, "Content-Length": str(len(sent))}.items():
            connection.putheader(name, value)
        connection.endheaders(sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.headers.items()}
        text = response.read()
        return response.status, found, json.loads(text) if text else None


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("LOCALHOST:8080", 200), ("127.0.0.1:1", 200), ("[::1]:8080", 200),
        ("evil.example", 421), ("evil.example:8080", 421), ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("localhost@evil.example", 421), ("", 421),
        ("localhost:8080:8080", 421), ("10.0.0.1", 421),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/health", "/live/chaos"])
def test_a_name_that_led_a_page_here_is_not_answered(
    gateway: RunningGateway, host: str, status: int, path: str
) -> None:
    found, _, answer = ask(gateway, "GET", path, Host=host)

    assert found == status
    if status == 421:
        assert "localhost" in answer["Message"]


def test_a_flood_for_another_name_is_not_read(gateway: RunningGateway) -> None:
    status, headers, _ = ask(gateway, "POST", EVENTS, put_events_body(), Host="evil.example")

    assert (status, headers["x-amzn-errortype"]) == (421, "MisdirectedRequestException")
    assert gateway.stored("own") == []


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", ENDPOINT, {}),
        ("DELETE", ENDPOINT, {}),
        ("GET", "/v1/apps/own/users/me", {}),
        ("DELETE", "/v1/apps/own/users/me", {}),
        ("GET", "//v1/apps/own/endpoints/device", {}),
        ("GET", "/v1/apps/own/endpoints/a%2Fb", {}),
        ("POST", "/", SQS),
        ("POST", "/queue", SQS),
        ("POST", "/dead-letters", SQS),
        ("GET", "/live/events", {}),
        ("GET", "/live/stream", {}),
        ("POST", "/live/sql", LIVE),
        ("POST", "/live/chaos", LIVE),
        ("OPTIONS", "/live/sql", {"Access-Control-Request-Method": "POST"}),
        ("OPTIONS", ENDPOINT, {"Access-Control-Request-Method": "DELETE"}),
        ("GET", "/", {}),
    ],
)
@pytest.mark.parametrize(
    "page",
    [
        {"Origin": "https://evil.example"},
        {"Origin": DEV_SERVER},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_page_can_neither_read_nor_change(
    gateway: RunningGateway, method: str, path: str, headers: dict[str, str], page: dict[str, str]
) -> None:
    status, found, answer = ask(gateway, method, path, {}, **headers, **page)

    assert (status, set(answer)) == (403, {"Message", "RequestID"})
    assert not any(name.startswith("access-control") for name in found)


def test_its_own_page_and_programs_can(gateway: RunningGateway) -> None:
    gateway.put_events(put_events_body(endpoint={"OptOut": "NONE"}), "seen")
    own = {"Origin": gateway.url, "Sec-Fetch-Site": "same-origin"}
    path = "/v1/apps/seen/endpoints/device"

    assert ask(gateway, "GET", path, **own)[0] == 200
    assert ask(gateway, "GET", path)[0] == 200
    assert ask(gateway, "GET", "/live/chaos", **own)[0] == 200
    queue = {"QueueUrl": f"{gateway.url}/queue"}
    assert ask(gateway, "POST", "/", queue, **SQS)[0] == 200


def test_a_link_from_elsewhere_opens_the_page(gateway: RunningGateway) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}

    with closing(gateway.connect()) as connection:
        connection.request("GET", "/", headers=opened)
        assert connection.getresponse().status != 403
    assert ask(gateway, "GET", "/", **framed)[0] == 403


@pytest.mark.parametrize("path", ["/live/sql", "/live/chaos", "/live/sample"])
def test_what_changes_something_needs_a_header_that_no_form_has(
    gateway: RunningGateway, path: str
) -> None:
    status, _, answer = ask(gateway, "POST", path, {})

    assert (status, "X-Live" in answer["Message"]) == (403, True)


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("http://localhost", True), ("http://localhost:3000", True), ("https://127.0.0.1", True),
        ("https://127.0.0.1:8443", True), ("http://[::1]:5173", True),
        ("https://evil.example", False), ("http://localhost.evil.example", False),
        ("http://localhost:3000.evil.example", False), ("null", False),
    ],
)  # fmt: skip
def test_pages_of_this_machine_may_send_and_read_the_answer(
    gateway: RunningGateway, origin: str, is_allowed: bool
) -> None:
    body = put_events_body()
    status, headers, _ = ask(gateway, "POST", "/v1/apps/origins/events", body, Origin=origin)
    asked = {"Access-Control-Request-Method": "PUT", "Origin": origin}
    path = "/v1/apps/origins/endpoints/device"
    preflight, allowed, _ = ask(gateway, "OPTIONS", path, **asked)

    expected = origin if is_allowed else None
    assert (status, headers.get("access-control-allow-origin")) == (202, expected)
    assert (preflight, allowed.get("access-control-allow-origin")) == (204, expected)


def test_any_page_may_when_asked_for(start_gateway: StartGateway) -> None:
    gateway = start_gateway(CORS_ORIGINS="*")
    body, page = put_events_body(), "https://any.example"

    _, headers, _ = ask(gateway, "POST", EVENTS, body, Origin=page)

    assert headers["access-control-allow-origin"] == "*"
    assert ask(gateway, "GET", ENDPOINT, Origin=page)[0] == 403


def modes(folder: Path) -> dict[str, int]:
    own = [folder, *folder.rglob("*")]
    return {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in own}


def test_nobody_else_reads_what_is_stored(start_gateway: StartGateway, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sql-copy" / "old").mkdir(parents=True, mode=0o755)
    before = ["putevents.db", "putevents.db-wal", "gateway.log", "gateway.log.1", "sql-copy/lock",
              "sql-copy/old/1-2.parquet"]  # fmt: skip
    for name in before:
        (folder / name).touch(mode=0o644)
    (folder / "notes.txt").touch(mode=0o644)
    folder.chmod(0o755)

    gateway = start_gateway("data")
    gateway.put_events(put_events_body())
    _, _, answer = ask(gateway, "POST", "/live/sql", {"query": "SELECT 1 AS one"}, **LIVE)

    found = modes(folder)
    assert answer["rows"] == [[1]]
    assert {"putevents.db-wal", "putevents.db-shm"} <= found.keys()
    assert {name for name, mode in found.items() if mode} == {"notes.txt"}  # not ours


def test_a_folder_for_everybody_stays_so(start_gateway: StartGateway, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)

    start_gateway("shared")

    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert modes(shared)["putevents.db"] == 0


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("HTTP://evil.example/live/chaos", 421), ("http://evil.example/live/chaos", 421),
        ("http://evil.example", 421), ("ftp://localhost@evil.example/live/chaos", 421),
        ("HTTP://127.0.0.1/live/chaos", 403), ("http://localhost:1/live/chaos", 403),
        ("//evil.example/live/chaos", 404),
    ],
)  # fmt: skip
def test_a_request_line_with_a_host_is_kept_out_as_any_other(
    gateway: RunningGateway, target: str, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", gateway.connect().port), SECONDS) as client:
        head = f"POST {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n"
        client.sendall(f"{head}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        line = client.makefile("rb").readline()

    assert int(line.split()[1]) == status


def test_the_contract_opens_from_a_link(gateway: RunningGateway) -> None:
    opened = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}
    with closing(gateway.connect()) as connection:
        connection.request("GET", "/docs", headers=opened)
        assert connection.getresponse().status == 200
