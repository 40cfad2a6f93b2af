"""A PutEvents server of our own on loopback, which the tests can make fail."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
EventKey = tuple[str, str, str]


@dataclass(frozen=True)
class Call:
    """One PutEvents call as it came in."""

    application_id: str
    batch_item: dict[str, Any]
    headers: dict[str, str]

    @property
    def events(self) -> dict[EventKey, Any]:
        """Each event by application, endpoint and event id."""
        return {
            (self.application_id, endpoint_id, event_id): event
            for endpoint_id, batch in self.batch_item.items()
            for event_id, event in batch["Events"].items()
        }


@dataclass(frozen=True)
class Reply:
    """What a call is answered; `after` holds the answer back until it is set."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    after: threading.Event | None = None


Behaviour = Callable[[Call], Reply]


def accept(call: Call) -> Reply:
    """Answer as Pinpoint does when all is well."""
    return respond(call, lambda _event: ACCEPTED)


def respond(call: Call, answer: Callable[[EventKey], dict[str, Any] | None]) -> Reply:
    """Answer each event by itself; one whose answer is None is left out."""
    results: dict[str, Any] = {
        endpoint_id: {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
        for endpoint_id in call.batch_item
    }
    for key in call.events:
        if (item := answer(key)) is not None:
            results[key[1]]["EventsItemResponse"][key[2]] = item
    return Reply(202, json.dumps({"Results": results}).encode())


def fail(status: int, kind: str) -> Behaviour:
    """Answer whole calls with an error of the service."""
    body = json.dumps({"Message": "made to fail", "RequestID": "1"}).encode()
    return lambda _call: Reply(status, body, {"x-amzn-ErrorType": kind})


class Upstream:
    """The server, what it was sent and what it has accepted."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.accepted: Counter[EventKey] = Counter()
        self.behaviour: Behaviour = accept
        self._server: _Server | None = None
        self._port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, after a `stop` on the same port as before."""
        self._server = _Server(self, self._port)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    def stop(self) -> None:
        """Be down: connections are refused."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def recover(self) -> None:
        """Be well again, whatever was done to it, from now on."""
        self.behaviour = accept
        if self._server is None:
            self.start()

    def answer(self, call: Call) -> Reply:
        """Note the call, and what of it is accepted."""
        self.calls.append(call)
        reply = self.behaviour(call)
        if reply.status == 202:
            self.accepted.update(_accepted(call, reply.body))
        return reply

    def events(self) -> dict[EventKey, Any]:
        """Every event that ever came in."""
        return {key: event for call in self.calls for key, event in call.events.items()}


def _accepted(call: Call, body: bytes) -> list[EventKey]:
    try:
        results = json.loads(body)["Results"]
    except (ValueError, KeyError):
        return []
    return [
        key
        for key in call.events
        if results.get(key[1], {}).get("EventsItemResponse", {}).get(key[2]) == ACCEPTED
    ]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: Upstream, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.upstream = upstream


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.0, so that no connection outlives its call and `down` means down."""

    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        application_id = unquote(self.path.split("/")[3])
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.upstream.answer(Call(application_id, body["BatchItem"], headers))
        if reply.after:
            reply.after.wait()
        with suppress(ConnectionError):  # the caller may have given up
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
