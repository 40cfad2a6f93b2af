"""A PutEvents server on loopback that tests can make fail in every way the real one could."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from tests.loopback import Request, Response, serving

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
    the connection without a word. GetEndpoint is answered from `stored`, by endpoint id, and noted
    in `asked`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.answer_headers: dict[str, str] = {}
        self.stored: dict[str, Any] = {}
        self.asked: list[str] = []
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

    def get(self, endpoint_id: str) -> Response | None:
        self.asked.append(endpoint_id)
        return self.respond(self.stored.get(endpoint_id, (404, {"Message": "no"})))

    def respond(self, answer: tuple[int, Any] | None) -> Response | None:
        if answer is None:
            return None
        status, body = answer
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.answer_headers}
        return Response(status, data, headers)


@contextmanager
def running_upstream() -> Iterator[Upstream]:
    """An Upstream that listens until the block ends."""

    def respond(request: Request) -> Response | None:
        if request.method == "GET":
            return upstream.get(unquote(request.target.rsplit("/", 1)[1]))
        asked = json.loads(request.body)
        upstream.requests.append((request.target, asked))
        upstream.headers.append(dict(request.headers))
        return upstream.respond(upstream.answer(asked))

    with serving(respond) as url:
        upstream = Upstream(url)
        yield upstream
