"""What a test asks of the live page's server."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlencode

from tests.local.running_gateway import SECONDS, RunningGateway


class LiveClient:
    """A page of one gateway."""

    def __init__(self, gateway: RunningGateway) -> None:
        self.gateway = gateway

    def get(self, path: str, **query: object) -> Any:
        """The JSON at a path under /live."""
        status, answer = self.ask("GET", f"/live/{path}?{urlencode(query)}")
        assert status == 200, answer
        return answer

    def post(self, path: str, body: Any) -> Any:
        """The JSON that answers a POST."""
        status, answer = self.ask("POST", f"/live/{path}", body)
        assert status == 200, answer
        return answer

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        with closing(self.gateway.connect()) as connection:
            connection.request(method, path, json.dumps(body), {"X-Live": "1"})
            response = connection.getresponse()
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Content-Type"] == "application/json"
            return response.status, json.loads(response.read())

    def send_message(self, body: str, **attributes: str) -> int:
        """Send a message to the gateway's queue; the status of the answer."""
        told = {n: {"DataType": "String", "StringValue": v} for n, v in attributes.items()}
        message = {"QueueUrl": "/queue", "MessageBody": body, "MessageAttributes": told}
        target = {"X-Amz-Target": "AmazonSQS.SendMessage"}
        with closing(self.gateway.connect()) as connection:
            connection.request("POST", "/", json.dumps(message), target)
            return connection.getresponse().status

    def rows(self, application: str, **query: object) -> list[tuple[str, str, str]]:
        """Endpoint, event and verdict of the newest rows of an application."""
        found = self.get("events", application=application, **query)["events"]
        return [(row["endpoint"], row["event"], row["verdict"]) for row in found]

    def open(self, application: str, number: int = 0) -> Any:
        """An opened row of an application, the newest by default."""
        [*rows] = self.get("events", application=application)["events"]
        return self.get(f"events/{rows[number]['seq']}")

    @contextmanager
    def stream(self, last: int | None = None) -> Iterator["Stream"]:
        """The stream, from now on or from the row on that came last."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        with closing(self.gateway.connect()) as connection:
            connection.request("GET", "/live/stream", headers=headers)
            response = connection.getresponse()
            assert response.headers["Content-Type"] == "text/event-stream"
            stream = Stream(response)
            stream.hello = stream.next("hello")
            yield stream


class Stream:
    """Server-sent events as they come."""

    hello: Any

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response

    def next(self, *kinds: str) -> Any:
        """The data of the next event of these kinds; the connection's timeout ends the wait."""
        kind = ""
        for _ in range(1000 * SECONDS):
            line = self._response.readline().decode()
            assert line, "the stream has ended"
            line = line.rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind in kinds:
                return json.loads(line.removeprefix("data: "))
        raise AssertionError(f"no {kinds}")

    def row(self, application: str, *kinds: str) -> Any:
        """The next row, or change, of an application."""
        while True:
            row = self.next(*(kinds or ("row",)))
            if row["application"] == application:
                return row
