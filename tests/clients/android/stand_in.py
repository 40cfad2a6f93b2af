"""A stand-in for the gateway whose answers a test chooses."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.loopback import LoopbackServer, Request, Response

Events = list[dict[str, Any]]
Answer = Callable[[Events], Response | None]


def accepted(*_: Any) -> tuple[int, str]:
    return 202, "Accepted"


def results(events: Events, verdict: Callable[[str], tuple[int, str]] = accepted) -> Response:
    """The answer to a request, with what `verdict` says of each event id."""
    answers = [(event["event_id"], *verdict(event["event_id"])) for event in events]
    members = [{"EventId": id_, "StatusCode": code, "Message": text} for id_, code, text in answers]
    return Response(202, json.dumps({"Results": members}).encode())


class StandIn:
    """Answers each request with the next of `answers`, then with `always`.

    `table` counts what was accepted.
    """

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.always: Answer = results
        self.requests: list[Events] = []
        self.calls: list[Request] = []
        self.table: Counter[str] = Counter()
        self._changed = threading.Condition()
        self.server = LoopbackServer(self._respond)
        self.url = self.server.url

    def wait_for_requests(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, 60)

    def _respond(self, call: Request) -> Response | None:
        lines = gzip.decompress(call.body).decode().split("\n")[:-1]
        events = [json.loads(line) for line in lines]
        with self._changed:
            self.calls.append(call)
            self.requests.append(events)
            answer = self.answers.pop(0) if self.answers else self.always
            self._changed.notify_all()
        response = answer(events)
        if response is not None and response.status == 202:
            with self._changed:
                self.table.update(_accepted_ids(response, events))
        return response


def _is_accepted(result: dict[str, Any]) -> bool:
    return (result.get("StatusCode"), result.get("Message")) == accepted()


def _accepted_ids(response: Response, events: Events) -> list[str]:
    """The events of a 202 that really answers for each of them."""
    try:
        found = json.loads(response.body)["Results"]
    except (ValueError, KeyError):
        return []
    if [result["EventId"] for result in found] != [event["event_id"] for event in events]:
        return []
    return [result["EventId"] for result in found if _is_accepted(result)]
