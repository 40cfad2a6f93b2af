"""What can be wrong with the destination: answers for tests/upstream.py, by a name for each."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from tests.upstream import ACCEPTED, accept_all

Request = dict[str, Any]
Answer = tuple[int, Any] | None
Fault = Callable[[Request], Answer]


def _every_third(item: Any) -> Fault:
    """Accept two events of three; answer the third with the item, or not at all if it is None."""

    def answer(request: Request) -> Answer:
        response = accept_all(request)
        for endpoint in response["Results"].values():
            ids = list(endpoint["EventsItemResponse"])
            for event_id in ids[::3]:
                endpoint["EventsItemResponse"][event_id] = item
                if item is None:
                    del endpoint["EventsItemResponse"][event_id]
        return HTTPStatus.ACCEPTED, response

    return answer


def _all(status: int, body: Any) -> Fault:
    return lambda request: (status, body)


def _for_another_endpoint(request: Request) -> Answer:
    results = {f"not-{key}": value for key, value in accept_all(request)["Results"].items()}
    return HTTPStatus.ACCEPTED, {"Results": results}


FAULTS: dict[str, Fault] = {
    "it hangs up": lambda request: None,
    "it says 500": _all(500, {"Message": "Internal"}),
    "it says 503 in HTML": _all(503, b"<html>busy</html>"),
    "it throttles": _all(429, {"Message": "Too many requests"}),
    "it knows us no more": _all(403, {"Message": "Forbidden"}),
    "it answers nonsense": _all(202, b"accepted!"),
    "it answers for somebody else": _for_another_endpoint,
    "each third event fails": _every_third({"StatusCode": 500, "Message": "Internal"}),
    "each third event is throttled": _every_third({"StatusCode": 429, "Message": "Throttled"}),
    "each third event is busy": _every_third({"StatusCode": 503, "Message": "Busy"}),
    "each third event is left out": _every_third(None),
    "none": lambda request: (HTTPStatus.ACCEPTED, accept_all(request)),
}


def accepted_by(request: Request, answer: Answer) -> set[str]:
    """The ids of the events that this answer to the request said were accepted."""
    if not answer or not isinstance(answer[1], dict):
        return set()
    results = answer[1].get("Results", {})
    return {
        event_id
        for endpoint_id in request["BatchItem"].keys() & results.keys()
        for event_id, item in results[endpoint_id]["EventsItemResponse"].items()
        if item == ACCEPTED
    }
