"""The web server alone: silent clients, streams, and a stop with requests in hand."""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Event

import pytest

from local import request_body
from local.asgi import Receive, Scope, Send
from local.http_messages import Request, Response, json_response
from local.web_app import WebApp
from local.web_server import WebServer, listen, url_of
from tests.local.served_app import served

SECONDS = 20  # until a test gives up waiting


def connect(url: str) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=SECONDS)


async def echo(request: Request) -> Response:
    return json_response(200, request.body.decode())


@pytest.mark.parametrize("sent", [b"", b"POST /", b"POST / HTTP/1.1\r\nHost: x\r\nContent-"])
def test_a_client_that_sends_no_request_is_hung_up_on(sent: bytes) -> None:
    with served(WebApp(echo), idle_seconds=0.1) as url, connect(url) as client:
        client.sendall(sent)

        assert client.recv(1) == b""


def test_a_client_that_falls_silent_after_an_answer_is_hung_up_on() -> None:
    with served(WebApp(echo), idle_seconds=0.1) as url, connect(url) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with client.makefile("rb") as answers:
            said = answers.read()

        assert said.startswith(b"HTTP/1.1 200 OK\r\n")
        assert said.endswith(b'""')


def test_a_client_that_does_not_finish_its_body_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request_body, "IDLE_SECONDS", 0.1)
    with served(WebApp(echo)) as url, connect(url) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12")

        assert client.recv(1) == b""


def test_a_bug_is_500_in_pinpoints_shape(capsys: pytest.CaptureFixture[str]) -> None:
    async def fail(request: Request) -> Response:
        raise ZeroDivisionError

    with served(WebApp(fail)) as url, closing(HTTPConnection(url[7:], timeout=SECONDS)) as client:
        client.request("GET", "/")
        response = client.getresponse()

        assert response.status == 500
        assert set(json.loads(response.read())) == {"Message", "RequestID"}
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_long_response_leaves_as_it_is_made() -> None:
    first_was_read = Event()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await asyncio.to_thread(first_was_read.wait, SECONDS)
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})

    with served(stream) as url, closing(HTTPConnection(url[7:], timeout=SECONDS)) as client:
        client.request("GET", "/")
        response = client.getresponse()
        first = response.read1()
        first_was_read.set()

        assert first == b"data: 1\n\n"
        assert response.read() == b"data: 2\n\n"


class Stopping:
    """A server that is told to stop while requests are in hand."""

    def __init__(self) -> None:
        self.answer, self.asked = Event(), Event()
        self.listener = listen(0)
        self.url = url_of(self.listener)
        self.app = WebApp(self._respond)

    async def run(self, started: Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = WebServer(self.app, self.listener)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve())
            started.set()
            await self._stop.wait()
            await self.app.drain(SECONDS)
            server.stop()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _respond(self, request: Request) -> Response:
        if request.path == "/slow":
            self.asked.set()
            await asyncio.to_thread(self.answer.wait, SECONDS)
        return json_response(200, request.path)


def test_a_stop_finishes_what_is_in_hand_and_lets_nothing_new_in() -> None:
    stopping, started = Stopping(), Event()
    with ThreadPoolExecutor() as threads:
        end = threads.submit(lambda: asyncio.run(stopping.run(started)))
        assert started.wait(SECONDS)
        slow, idle = HTTPConnection(stopping.url[7:], timeout=SECONDS), connect(stopping.url)
        half = connect(stopping.url)
        half.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12")
        slow.request("GET", "/slow")
        assert stopping.asked.wait(SECONDS)
        stopping.stop()

        assert half.recv(1) == b""  # its body would come too late
        idle.sendall(b"GET /new HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1) == b""
        own = HTTPConnection(stopping.url[7:], timeout=SECONDS)
        own.request("POST", "/", "{}", {"X-Amz-Target": "AmazonSQS.SendMessage"})
        assert own.getresponse().status == 200
        stopping.answer.set()
        assert slow.getresponse().status == 200
        end.result(SECONDS)
        for client in (slow, idle, half, own):
            client.close()
