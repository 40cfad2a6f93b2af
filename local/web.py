"""The HTTP/1.1 server: requests in, answers out, whatever the client at the other end does."""

import logging
import re
import socket
import socketserver
import string
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import quote

from local.api_gateway import Request, Response, error_response
from local.body import BodyTooLargeError, BrokenBodyError, announced_length, read_body
from local.console import printable, summary
from local.in_flight import InFlight

HOST = "127.0.0.1"
IDLE_SECONDS = 60  # until a silent client is hung up on
LINGER_SECONDS = 10  # for a client to finish sending what was refused
_FOLD = re.compile(r"\r?\n[ \t]*")  # a header value may go on in the next line
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

log = logging.getLogger("local")


class WebServer(ThreadingHTTPServer):
    """Listens from the start; answers once `serve` has been called."""

    request_queue_size = 128
    block_on_close = False  # idle keep-alive connections must not hold up the end

    def __init__(self, port: int) -> None:
        self.in_flight = InFlight()
        self.respond: Callable[[Request], Response]
        super().__init__((HOST, port), _Connection)
        self.url = f"http://{HOST}:{self.server_port}"

    def server_bind(self) -> None:
        # Without HTTPServer's look-up of the host's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.socket.getsockname()[1]

    def serve(self, respond: Callable[[Request], Response]) -> None:
        """Answer requests in threads of their own, until the process ends."""
        self.respond = respond
        threading.Thread(target=self.serve_forever, name="web", daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        if isinstance(sys.exception(), OSError):
            return  # the client has gone; whatever it sent in time has been stored
        log.error("a request failed: %r, see the log file", sys.exception())
        print(traceback.format_exc(), flush=True)


class _Connection(BaseHTTPRequestHandler):
    """One client, for as many requests as it sends."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"
    timeout = IDLE_SECONDS
    wbufsize = -1  # an answer leaves as one packet
    disable_nagle_algorithm = True

    def serve(self) -> None:
        """Read one request and answer it."""
        try:
            body = read_body(self.rfile, self.headers)
        except BodyTooLargeError:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return self._linger()
        except BrokenBodyError:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        request = self._request(body)
        server = cast(WebServer, self.server)
        # The handlers' own messages to the queue still count while the server is stopping.
        if not server.in_flight.enter(
            even_when_draining=request.header("x-amz-target") is not None
        ):
            self.close_connection = True
            return
        try:
            response = server.respond(request)
            self._write(response, request.request_id)
            log.info(summary(request, response))
        finally:
            server.in_flight.leave()

    def handle_expect_100(self) -> bool:
        # Only a body that will be read is asked for.
        try:
            announced_length(self.headers)
        except (BodyTooLargeError, BrokenBodyError):
            return True
        self.send_response_only(HTTPStatus.CONTINUE)
        self.end_headers()
        self.wfile.flush()
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the standard library refuses by itself: no HTTP, or no method of HTTP."""
        unknown_method = code == HTTPStatus.NOT_IMPLEMENTED
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED if unknown_method else HTTPStatus.BAD_REQUEST)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of its own accord."""

    def _request(self, body: bytes) -> Request:
        target = self.path
        if not target.startswith("/"):  # the absolute form that proxies use
            target = "/" + target.partition("://")[2].partition("/")[2]
        path, _, query = target.partition("?")
        headers = [(name, _FOLD.sub(" ", value)) for name, value in self.headers.items()]
        return Request(
            method=self.command,
            path=quote(path, safe=string.punctuation, encoding="latin-1"),
            query=query,
            headers=headers,
            body=body,
            source_ip=self.client_address[0],
            protocol=self.request_version,
        )

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        request_id = str(uuid.uuid4())
        self._write(error_response(status, request_id), request_id)
        log.info("%s  %d  %s", printable(self.requestline.partition("?")[0]), status, status.phrase)

    def _write(self, response: Response, request_id: str) -> None:
        has_body = response.status >= 200 and response.status not in (204, 304)
        self.send_response_only(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        self.send_header("x-amzn-RequestId", request_id)
        self.send_header("Date", formatdate(usegmt=True))
        if has_body:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if has_body and self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _linger(self) -> None:
        # Hanging up on a client that is still sending would lose it the answer.
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(LINGER_SECONDS)
        until = time.monotonic() + LINGER_SECONDS
        while time.monotonic() < until and self.rfile.read1(65536):
            pass


for _method in METHODS:
    setattr(_Connection, f"do_{_method}", _Connection.serve)
