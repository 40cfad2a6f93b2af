"""A PutEvents server of our own on loopback, which the tests can make fail."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.loopback import LoopbackServer, Request, Response

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
        self._server = LoopbackServer(self._respond)
        self.url = self._server.url
        self.stop = self._server.stop

    def recover(self) -> None:
        """Be well again, whatever was done to it, from now on."""
        self.behaviour = accept
        self._server.start()

    def answer(self, call: Call) -> Reply:
        """Note the call, and what of it is accepted."""
        self.calls.append(call)
        reply = self.behaviour(call)
        if reply.status == 202:
            self.accepted.update(_accepted(call, reply.body))
        return reply

    def _respond(self, request: Request) -> Response:
        application_id = unquote(request.target.split("/")[3])
        batch_item = json.loads(request.body)["BatchItem"]
        reply = self.answer(Call(application_id, batch_item, dict(request.headers)))
        if reply.after:
            reply.after.wait()
        # No connection outlives its call, so that a stopped server answers nobody.
        headers = {"Content-Type": "application/json", "Connection": "close"}
        return Response(reply.status, reply.body, headers | reply.headers)

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
