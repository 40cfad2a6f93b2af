"""Stands between a command and the emulated AWS, and kills the command at a call of its choice."""

import signal
import subprocess
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BEFORE, AFTER = "before", "after"
Match = Callable[[str, str, str], bool]  # of a method, a path and an X-Amz-Target


class KillingProxy:
    """Forwards calls; when one matches, the process dies by SIGKILL before it or after it."""

    def __init__(self, port: int, when: str, match: Match) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.has_killed = False
        self._upstream, self._when, self._match = port, when, match
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return lambda: proxy._forward(self)
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _forward(self, call: BaseHTTPRequestHandler) -> None:
        if call.headers.get("Expect"):
            call.send_response_only(100)
            call.end_headers()
        body = _body(call)
        target = call.headers.get("X-Amz-Target", "")
        with self._lock:
            matches = not self.has_killed and self._match(call.command, call.path, target)
            if matches and self._when == BEFORE:
                self._kill()
                return
            headers = {n: v for n, v in call.headers.items() if n.lower() not in _HOP_BY_HOP}
            upstream = HTTPConnection("127.0.0.1", self._upstream, timeout=60)
            upstream.request(call.command, call.path, body, headers)
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            if matches:
                self._kill()
                return
        call.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                call.send_header(name, value)
        is_head = call.command == "HEAD"
        length = answer.getheader("Content-Length", "0") if is_head else str(len(content))
        call.send_header("Content-Length", length)
        call.end_headers()
        call.wfile.write(content)

    def _kill(self) -> None:
        assert self.process
        self.has_killed = True
        self.process.send_signal(signal.SIGKILL)


_HOP_BY_HOP = ("expect", "connection", "transfer-encoding")


def _body(call: BaseHTTPRequestHandler) -> bytes:
    if call.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return call.rfile.read(int(call.headers.get("Content-Length", 0)))
    raw = b""
    while size := int(call.rfile.readline().split(b";")[0], 16):
        raw += call.rfile.read(size)
        call.rfile.readline()
    while call.rfile.readline().strip():
        pass
    return raw
