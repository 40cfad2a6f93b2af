"""What a person reads in the terminal: one short line per request."""

import json
from collections import Counter
from typing import Any

from local.api_gateway import Request, Response
from local.sqs import TARGET

MAX_CHARACTERS = 160


def summary(request: Request, response: Response) -> str:
    """Method, path, status, and what became of it."""
    action = (request.header("x-amz-target") or "").removeprefix(TARGET)
    said = action or _said(response.body)
    return printable(f"{request.method} {request.path}  {response.status}  {said}".rstrip())


def printable(text: str) -> str:
    """A client's text on one line of a terminal, without the characters that steer it."""
    shown = "".join(c if c.isprintable() else "?" for c in text)
    return shown if len(shown) <= MAX_CHARACTERS else shown[: MAX_CHARACTERS - 1] + "…"


def _said(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    return _events(answer["Results"]) if "Results" in answer else str(answer.get("Message", ""))


def _events(results: dict[str, Any]) -> str:
    """How many events were accepted, rejected and failed, and the first text that is no success."""
    events = [item for part in results.values() for item in part["EventsItemResponse"].values()]
    counts = Counter(_outcome(item["StatusCode"]) for item in events)
    endpoints = [part["EndpointItemResponse"] for part in results.values()]
    texts = [item["Message"] for item in events + endpoints if item["StatusCode"] != 202]
    said = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    return ": ".join([said or "no events", *texts[:1]])


def _outcome(status: int) -> str:
    if status == 202:
        return "accepted"
    return "rejected" if status < 500 else "failed"
