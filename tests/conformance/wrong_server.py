"""A PutEvents server that is wrong in one way: it passes on, and spoils what comes back."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple


class Spoilt(NamedTuple):
    """An answer on its way back."""

    status: int
    headers: dict[str, str]
    body: Any


Spoil = Callable[[Spoilt], Spoilt]


def of_results(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Spoil:
    """Change what stands under each endpoint id."""

    def spoil(answer: Spoilt) -> Spoilt:
        if not isinstance(answer.body, dict) or "Results" not in answer.body:
            return answer
        results = {id_: change(part) for id_, part in answer.body["Results"].items()}
        return answer._replace(body={"Results": results})

    return spoil


@contextmanager
def wrong_server(url: str, spoil: Spoil) -> Iterator[str]:
    """The URL of a server that passes all on to `url` and spoils the answers."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with closing(HTTPConnection(url.removeprefix("http://"), timeout=20)) as upstream:
                upstream.request(self.command, self.path, body, dict(self.headers))
                response = upstream.getresponse()
                text = response.read()
            dropped = ("content-length", "date", "transfer-encoding")
            headers = {k: v for k, v in response.headers.items() if k.lower() not in dropped}
            status = response.status
            if not text or "json" in response.headers.get("Content-Type", ""):
                status, headers, body = spoil(Spoilt(status, headers, json.loads(text or "null")))
                text = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in [*headers.items(), ("Content-Length", str(len(text)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
