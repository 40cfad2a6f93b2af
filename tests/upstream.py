"""A PutEvents server on loopback that tests can make fail in every way the real one could."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}


def accept_all(request: dict[str, Any]) -> dict[str, Any]:
    """The EventsResponse in which everything is accepted."""
    return {
        "Results": {
            endpoint_id: {
                "EndpointItemResponse": ACCEPTED,
                "EventsItemResponse": dict.fromkeys(batch["Events"], ACCEPTED),
            }
            for endpoint_id, batch in request["BatchItem"].items()
        }
    }


class Upstream:
    """What it was sent is in `requests`; `answer` says what it does with the next ones.

    An answer is (HTTP status, body): bytes go out as they are, anything else as JSON; None closes
    the connection without a word.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.extra_headers: dict[str, str] = {}
        self.answer: Callable[[dict[str, Any]], tuple[int, Any] | None] = lambda request: (
            202,
            accept_all(request),
        )

    @property
    def events(self) -> list[tuple[str, str]]:
        """Every (endpoint id, event id) that was sent, in order."""
        return [
            (endpoint_id, event_id)
            for _, request in self.requests
            for endpoint_id, batch in request["BatchItem"].items()
            for event_id in batch["Events"]
        ]


@contextmanager
def running_upstream() -> Iterator[Upstream]:
    """An Upstream that listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body leave together

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            upstream.requests.append((self.path, request))
            upstream.headers.append(dict(self.headers))
            answer = upstream.answer(request)
            if answer is None:
                self.close_connection = True
                return
            status, body = answer
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in upstream.extra_headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing: the tests look at `requests`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    upstream = Upstream(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield upstream
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
