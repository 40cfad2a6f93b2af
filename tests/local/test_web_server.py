"""HTTP as clients speak it, well or badly."""

import base64
import gzip
import json
import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote

import pytest

from local.request_body import MAX_BYTES
from tests.local.conftest import StartGateway
from tests.local.running_gateway import EVENT, SECONDS, RunningGateway, put_events_body

BODY = json.dumps(put_events_body())
CHUNKED_HEAD = (
    b"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
)


@contextmanager
def raw_connection(gateway: RunningGateway) -> Iterator[socket.socket]:
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
        yield connection


def _head(application_id: str, length: int) -> bytes:
    path = f"/v1/apps/{application_id}/events"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()


def read_answer(connection: socket.socket) -> tuple[int, bytes]:
    with closing(HTTPResponse(connection)) as response:
        response.begin()
        return response.status, response.read()


@pytest.fixture(name="connection")
def _connection(gateway: RunningGateway) -> Iterator[HTTPConnection]:
    with closing(gateway.connect()) as connection:
        yield connection


def test_one_connection_serves_many_requests(
    gateway: RunningGateway, connection: HTTPConnection
) -> None:
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/v1/apps/keep-alive/events", BODY)
        response = connection.getresponse()
        response.read()
        sockets.add(connection.sock)

        assert response.status == 202
    assert len(sockets) == 1
    assert None not in sockets


def test_the_answer_has_the_headers_that_api_gateway_adds(connection: HTTPConnection) -> None:
    connection.request("POST", "/v1/apps/headers/events", "{}")
    response = connection.getresponse()
    body = response.read()

    assert json.loads(body)["RequestID"] == response.headers["x-amzn-RequestId"]
    assert response.headers["x-amzn-ErrorType"] == "BadRequestException"
    assert response.headers["Content-Length"] == str(len(body))
    assert response.headers["Date"].endswith(" GMT")
    assert response.headers["Server"] is None


@pytest.mark.parametrize("before", ["/", "///"])
def test_a_base_url_that_ends_with_a_slash_is_no_404(
    gateway: RunningGateway, connection: HTTPConnection, before: str
) -> None:
    connection.request("POST", f"{before}/v1/apps/slashes/events", BODY)
    response = connection.getresponse()
    response.read()

    assert response.status == 202
    assert gateway.stored("slashes") == [("device", "1", "hello")]


def test_a_chunked_body_is_taken(gateway: RunningGateway, connection: HTTPConnection) -> None:
    connection.request(
        "POST", "/v1/apps/chunked/events", iter([BODY[:7].encode(), BODY[7:].encode()])
    )

    assert connection.getresponse().status == 202
    assert gateway.stored("chunked") == [("device", "1", "hello")]


def test_a_body_that_is_no_text_reaches_the_handler_unharmed(
    gateway: RunningGateway, connection: HTTPConnection
) -> None:
    connection.request("POST", "/v1/apps/gzip/events", gzip.compress(BODY.encode()))

    assert connection.getresponse().status == 202
    assert gateway.stored("gzip") == [("device", "1", "hello")]


def test_a_percent_encoded_path_is_decoded_once(gateway: RunningGateway) -> None:
    name = "a b/é%41"

    assert (
        gateway.ask("PUT", f"/v1/apps/de%63oded/endpoints/{quote(name, safe='')}", "{}")[0] == 202
    )

    assert gateway.ask("GET", f"/v1/apps/decoded/endpoints/{quote(name)}")[0] == 404  # of its `/`
    status, found = gateway.ask("GET", f"/v1/apps/decoded/endpoints/{quote(name, safe='')}")
    assert (status, found["Id"]) == (200, name)


def test_a_path_that_nobody_encoded_is_taken_as_utf_8(gateway: RunningGateway) -> None:
    with raw_connection(gateway) as connection:
        head = "PUT /v1/apps/plain/endpoints/café HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2"
        connection.sendall(f"{head}\r\n\r\n{{}}".encode())

        assert read_answer(connection)[0] == 202
    status, found = gateway.ask("GET", "/v1/apps/plain/endpoints/caf%C3%A9")
    assert (status, found["Id"]) == (200, "café")


def test_an_absolute_target_is_taken_for_its_path(gateway: RunningGateway) -> None:
    target = f"{gateway.url}/v1/apps/absolute/events?x=http://y"
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(BODY)}\r\n\r\n"
    with raw_connection(gateway) as connection:
        connection.sendall(head.encode() + BODY.encode())

        assert read_answer(connection)[0] == 202
    assert gateway.stored("absolute") == [("device", "1", "hello")]


def test_requests_sent_at_once_are_answered_in_order(gateway: RunningGateway) -> None:
    with raw_connection(gateway) as connection:
        put = _head("pipelined", len(BODY)) + BODY.encode()
        connection.sendall(
            put + b"GET /v1/apps HTTP/1.1\r\nHost: localhost\r\n\r\n" + put + b"bad\r\n\r\n"
        )
        with connection.makefile("rb") as answers:
            said = answers.read()

    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"202", b"404", b"202", b"400"]


def test_a_client_that_hangs_up_after_its_request_is_still_served(gateway: RunningGateway) -> None:
    printed = len(gateway.lines)
    with raw_connection(gateway) as connection:
        connection.sendall(_head("hasty", len(BODY)) + BODY.encode())
    gateway.wait_for("apps/hasty", printed)

    assert gateway.stored("hasty") == [("device", "1", "hello")]


def test_a_folded_header_is_one_value_or_400(gateway: RunningGateway) -> None:
    head = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Folded: a\r\n b\r\n\r\n"
    with raw_connection(gateway) as connection:
        connection.sendall(head)

        assert read_answer(connection)[0] in (200, 400)


def test_a_post_without_content_length_has_an_empty_body(gateway: RunningGateway) -> None:
    with raw_connection(gateway) as connection:
        connection.sendall(b"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        status, body = read_answer(connection)

    assert status == 400
    assert set(json.loads(body)) == {"Message", "RequestID"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/apps/x/events", 405),
        ("PATCH", "/v1/apps/x/events", 405),
        ("BREW", "/v1/apps/x/events", 405),
        ("POST", "/", 404),
        ("GET", "/v1/apps", 404),
        ("POST", "/health", 404),
    ],
)
def test_other_methods_and_paths_are_refused_in_pinpoints_shape(
    gateway: RunningGateway, method: str, path: str, status: int
) -> None:
    answered, answer = gateway.ask(method, path)

    assert answered == status
    assert set(answer) == {"Message", "RequestID"}


def test_head_has_no_body(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/health")
    head = connection.getresponse()
    head.read()
    connection.request("GET", "/health")

    assert head.headers["Content-Length"] == str(len(connection.getresponse().read()))


def test_a_preflight_is_answered(connection: HTTPConnection) -> None:
    page = "http://localhost:3000"
    connection.request("OPTIONS", "/v1/apps/x/events", headers={"Origin": page})
    response = connection.getresponse()

    assert response.status == 204
    assert response.headers["Content-Length"] is None
    assert response.headers["Access-Control-Allow-Origin"] == page


def test_more_than_api_gateway_takes_is_413_to_a_client_that_sends_it_all(
    gateway: RunningGateway, connection: HTTPConnection
) -> None:
    connection.request("POST", "/v1/apps/x/events", b" " * (2 * MAX_BYTES))
    response = connection.getresponse()

    assert response.status == 413
    assert json.loads(response.read())["RequestID"] == response.headers["x-amzn-RequestId"]
    assert response.headers["x-amzn-ErrorType"] == "PayloadTooLargeException"
    assert gateway.ask("GET", "/health")[0] == 200


ALLOWED = "https://page.example"


@pytest.mark.parametrize("origin", [ALLOWED, "https://other.example", None])
def test_a_413_has_the_cors_headers_of_other_answers(
    start_gateway: StartGateway, origin: str | None
) -> None:
    gateway = start_gateway(CORS_ORIGINS=f"{ALLOWED},https://b.example", CORS_HEADERS="x-mine")

    def cors(body: bytes) -> tuple[int, dict[str, str]]:
        with closing(gateway.connect()) as connection:
            headers = {"Origin": origin} if origin else {}
            connection.request("POST", "/v1/apps/x/events", body, headers)
            response = connection.getresponse()
            found = response.headers.items()
            return response.status, {k.lower(): v for k, v in found if _is_cors(k.lower())}

    status, headers = cors(b" " * (MAX_BYTES + 1))
    assert (status, headers) == (413, cors(BODY.encode())[1])
    assert headers.get("access-control-allow-origin") == (origin if origin == ALLOWED else None)


def _is_cors(name: str) -> bool:
    return name == "vary" or name.startswith("access-control-")


def test_an_announced_flood_is_refused_before_it_is_sent(gateway: RunningGateway) -> None:
    head = f"Content-Length: {MAX_BYTES + 1}\r\nExpect: 100-continue\r\n\r\n"
    with raw_connection(gateway) as connection:
        connection.sendall(f"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\n{head}".encode())

        assert read_answer(connection)[0] == 413


def test_a_chunked_flood_is_413(gateway: RunningGateway) -> None:
    chunk = b"400000\r\n" + b" " * 0x400000 + b"\r\n"
    with raw_connection(gateway) as connection:
        connection.sendall(CHUNKED_HEAD)
        connection.sendall(chunk * 3)

        assert read_answer(connection)[0] == 413


def test_a_client_that_waits_for_100_continue_is_told_to_go_on(gateway: RunningGateway) -> None:
    head = f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n\r\n"
    with raw_connection(gateway) as connection:
        connection.sendall(
            f"POST /v1/apps/patient/events HTTP/1.1\r\nHost: localhost\r\n{head}".encode()
        )
        told = connection.recv(1000)
        connection.sendall(BODY.encode())

        assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert read_answer(connection)[0] == 202


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"hello\r\n\r\n",
        b"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/apps/x/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: br\r\n\r\n",
        CHUNKED_HEAD + b"zz\r\n",
        CHUNKED_HEAD + b"2\r\n{}}\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_is_no_http_is_400(gateway: RunningGateway, request_bytes: bytes) -> None:
    with raw_connection(gateway) as connection:
        connection.sendall(request_bytes)
        status, body = read_answer(connection)

    assert status == 400
    assert json.loads(body)["Message"]


def test_a_client_that_hangs_up_half_way_stores_nothing_and_harms_nobody(
    gateway: RunningGateway,
) -> None:
    with raw_connection(gateway) as connection:
        connection.sendall(_head("broken", len(BODY) + 1) + BODY.encode())
    with raw_connection(gateway) as connection:
        connection.sendall(b"POST /v1/apps/bro")

    gateway.put_events(put_events_body(), "next")

    assert gateway.stored("broken") == []
    assert gateway.stored("next") == [("device", "1", "hello")]


def test_a_silent_client_keeps_nobody_waiting(gateway: RunningGateway) -> None:
    with raw_connection(gateway) as silent:
        silent.sendall(
            b"POST /v1/apps/silent/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n"
        )

        assert gateway.put_events(put_events_body(), "busy")


def test_signed_query_strings_and_terminal_codes_are_not_printed(gateway: RunningGateway) -> None:
    printed = len(gateway.lines)
    with raw_connection(gateway) as connection:
        connection.sendall(
            b"GET /\x1b[31m?X-Amz-Signature=secret HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        read_answer(connection)
    red = {**EVENT, "Attributes": {"\x1b[31m" * 20: ""}}
    gateway.put_events(put_events_body({"1": red}), "red")
    gateway.wait_for("apps/red.*1 rejected", printed)

    assert not any("\x1b" in line or "secret" in line for line in gateway.lines[printed:])


def test_a_beacon_with_its_signature_in_the_query_is_taken(gateway: RunningGateway) -> None:
    text = base64.b64encode(b"secret").decode()
    path = f"/v1/apps/beacon/events/legacy?X-Amz-Signature={quote(text)}&X-Amz-SignedHeaders=host"

    assert gateway.ask("POST", path, BODY)[0] == 202
    assert gateway.stored("beacon") == [("device", "1", "hello")]
