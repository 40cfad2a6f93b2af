"""What may come back for a request other than a verdict on each event."""

import json

from tests.clients.android.stand_in import Answer, Events, results
from tests.loopback import Response


def whole(status: int, body: bytes = b"<html>Log in</html>", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Response(status, body, named)


def _renamed(events: Events) -> Response:
    """Somebody else's answer."""
    return results([{**event, "event_id": "another"} for event in events])


def failed(_: str) -> tuple[int, str]:
    return 500, "Not delivered, please try again."


def _numbered(events: Events, status: object) -> Response:
    """An answer whose statuses are no whole numbers."""
    members = [
        {"EventId": event["event_id"], "StatusCode": status, "Message": "Accepted"}
        for event in events
    ]
    return Response(202, json.dumps({"Results": members}).encode())


FAULTS: dict[str, Answer] = {
    "400": whole(400, b'{"Message":"made up"}'),
    "403": whole(403),
    "404": whole(404),
    "405": whole(405),
    "429": whole(429, Retry_After="7"),
    "500": whole(500),
    "503": whole(503, Retry_After="not a number"),
    "redirect": whole(307, Location="/elsewhere"),
    "captive portal": whole(200),
    "202 that is not JSON": whole(202),
    "202 without results": whole(202, b"{}"),
    "without the first result": lambda events: results(events[1:]),
    "without the last result": lambda events: results(events[:-1]),
    "too long an answer": whole(202, b" " * 9_000_000),
    "another event's results": _renamed,
    "no answer": lambda _: None,
    "each event failed": lambda events: results(events, failed),
    "throttled one by one": lambda events: results(events, lambda _: (429, "Slow down.")),
    "accepted without a word": lambda events: results(events, lambda _: (202, "")),
    "accepted in other words": lambda events: results(events, lambda _: (202, "accepted")),
    "nearly 202": lambda events: _numbered(events, 202.9),
    "nearly 400": lambda events: _numbered(events, 400.5),
    "202 as a text": lambda events: _numbered(events, "202"),
    "no status": lambda events: Response(
        202, json.dumps({"Results": [{"EventId": e["event_id"]} for e in events]}).encode()
    ),
}
