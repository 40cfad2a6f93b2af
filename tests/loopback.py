"""An HTTP server on loopback for tests: a function answers every request."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Request(NamedTuple):
    """A request as it came; the names of its headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """What is sent back; `Connection: close` among the headers ends the connection."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


# None closes the connection without an answer.
Respond = Callable[[Request], Response | None]


class LoopbackServer:
    """Listens from the start; after `stop`, `start` listens on the same port again."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self._port = 0
        self._running: tuple[_Server, Thread] | None = None
        self.start()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, if the server does not yet."""
        if self._running is None:
            server = _Server(self._port, self._respond)
            self._port = server.server_port
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            self._running = server, thread

    def stop(self) -> None:
        """Close the port: new connections fail."""
        if self._running is not None:
            server, thread = self._running
            self._running = None
            server.shutdown()
            thread.join()
            server.server_close()


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    """The URL of a server that listens until the block ends."""
    server = LoopbackServer(respond)
    try:
        yield server.url
    finally:
        server.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.respond = respond

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that was killed is no error; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # Headers and body leave together: a large body would wait for a delayed acknowledgement.
    wbufsize = 1024 * 1024
    disable_nagle_algorithm = True

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.respond(Request(self.command, self.path, headers, body))
        if response is None:
            self.close_connection = True
            return
        with suppress(ConnectionError):  # the caller may have given up
            self._send(response)

    def _send(self, response: Response) -> None:
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = handle_one  # noqa: N815 # the library's

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at what was asked."""
