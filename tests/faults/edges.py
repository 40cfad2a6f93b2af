"""What can go wrong at each edge: how a destination and a queue answer, or do not."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

URL = "http://edge"
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
# What an outside call ends with: an HTTP status and body, or an exception of the connection.
Ending = tuple[int, bytes]


class Call:
    """One call to an edge: what it asks, and how to do that."""

    def __init__(self, items: list[Any], do: Callable[[set[int]], Any], chance: Random) -> None:
        self.items = items
        self.chance = chance
        self._do = do

    def do(self, but: set[int] | None = None) -> Any:
        """Do what is asked, but for these items; the body that answers it."""
        return self._do(but or set())

    def some(self) -> set[int]:
        """The numbers of some of the items, at least one."""
        count = self.chance.randint(1, max(1, len(self.items)))
        return set(self.chance.sample(range(len(self.items)), min(count, len(self.items))))


Fault = Callable[[Call], Ending]


def well(call: Call) -> Ending:
    return _ok(call.do())


def _ok(body: Any) -> Ending:
    return 200, json.dumps(body).encode()


def whole(status: int, body: Any = None) -> Fault:
    """The call fails as a whole."""
    data = body if isinstance(body, bytes) else json.dumps(body or {"Message": "no"}).encode()
    return lambda _call: (status, data)


def refusing(call: Call) -> Ending:
    """No connection."""
    raise EndpointConnectionError(endpoint_url=URL)


def resetting(call: Call) -> Ending:
    """The connection breaks before anything is done."""
    raise ConnectionClosedError(endpoint_url=URL)


def resetting_after(call: Call) -> Ending:
    """All is done, and then the connection breaks: whoever asked cannot know."""
    call.do()
    raise ConnectionClosedError(endpoint_url=URL)


def hanging(call: Call) -> Ending:
    """Nothing is done nor said until the caller gives up."""
    raise ReadTimeoutError(endpoint_url=URL)


def hanging_after(call: Call) -> Ending:
    """All is done, nothing is said until the caller gives up."""
    call.do()
    raise ReadTimeoutError(endpoint_url=URL)


def truncated(call: Call) -> Ending:
    """All is done, and half of the answer arrives."""
    status, body = well(call)
    return status, body[: len(body) // 2]


# --- a destination: its items are events ---------------------------------------------------------


def single(status: int | None) -> Fault:
    """Some of the events are not taken; None leaves them out of the answer."""

    def fault(call: Call) -> Ending:
        some = call.some()
        body = call.do(some)
        for number in some:
            _application_id, endpoint_id, event_id = call.items[number]
            answers = body["Results"][endpoint_id]["EventsItemResponse"]
            if status is None:
                del answers[event_id]
            else:
                answers[event_id] = {"StatusCode": status, "Message": "no"}
        return _ok(body)

    return fault


def forgetting(call: Call) -> Ending:
    """All are taken, and some are left out of the answer."""
    body = call.do()
    for number in call.some():
        _application_id, endpoint_id, event_id = call.items[number]
        del body["Results"][endpoint_id]["EventsItemResponse"][event_id]
    return _ok(body)


def inventing(call: Call) -> Ending:
    """The answer speaks of events and endpoints that nobody asked about."""
    body = call.do()
    for item in body["Results"].values():
        item["EventsItemResponse"]["invented"] = ACCEPTED
    body["Results"]["invented"] = {"EventsItemResponse": {"1": ACCEPTED}}
    return _ok(body)


def misreporting(call: Call) -> Ending:
    """What should be an answer for an event is none."""
    body = call.do(set(range(len(call.items))))
    for item in body["Results"].values():
        item["EventsItemResponse"] = dict.fromkeys(item["EventsItemResponse"], "fine")
        item["EndpointItemResponse"] = None
    return _ok(body)


DESTINATION: dict[str, Fault] = {
    "well": well,
    "400 for some": single(400),
    "429 for some": single(429),
    "500 for some": single(500),
    "503 for some": single(503),
    "no answer for some": single(None),
    "whole 400": whole(400),
    "whole 403": whole(403),
    "whole 413": whole(413),
    "whole 429": whole(429),
    "whole 500": whole(500),
    "whole 503": whole(503),
    "a page of HTML": whole(202, b"<html>fine</html>"),
    "an empty object": whole(202, b"{}"),
    "broken body": whole(202, b'{"Results": {"'),
    "half an answer": truncated,
    "ids left out": forgetting,
    "ids invented": inventing,
    "no answers at all": misreporting,
    "refusing connections": refusing,
    "resetting": resetting,
    "resetting when done": resetting_after,
    "hanging": hanging,
    "hanging when done": hanging_after,
}

# --- a queue: its items are messages ---------------------------------------------------------


def failing_some(call: Call) -> Ending:
    """Of a batch some entries fail; a call for one message fails as a whole."""
    if len(call.items) < 2:
        return _sqs_error("ThrottlingException")
    some = call.some()
    body = call.do(some)
    body["Failed"] = [
        {"Id": call.items[number]["Id"], "Code": "InternalError", "SenderFault": False}
        for number in some
    ]
    return _ok(body)


def _sqs_error(code: str, status: int = 400) -> Ending:
    return status, json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": "no"}).encode()


QUEUE: dict[str, Fault] = {
    "well": well,
    "refusing": lambda _call: _sqs_error("AccessDenied", 403),
    "throttling": lambda _call: _sqs_error("ThrottlingException"),
    "unavailable": lambda _call: _sqs_error("ServiceUnavailable", 503),
    "failing some of a batch": failing_some,
    "resetting": resetting,
    "resetting when done": resetting_after,
    "hanging": hanging,
    "hanging when done": hanging_after,
}
