"""Answers in Pinpoint's shapes: what succeeded, and what failed as a whole."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic_core import to_json

from putevents.errors import RequestError
from putevents.wire.schemas import EventItemResponse

# Clients compare this text to the letter.
ACCEPTED: EventItemResponse = {"StatusCode": 202, "Message": "Accepted"}
# The one answer that every client takes as "try again later".
FAILED: EventItemResponse = {"StatusCode": 500, "Message": "Not delivered, please try again."}
# Lambda returns 6,291,556 bytes at most; status and headers stand around the body.
MAX_ANSWER_BYTES = 6_291_556 - 8_192
LARGE_ANSWER = (
    f"The answer would be over {MAX_ANSWER_BYTES} bytes: send fewer events, or shorter ids."
)


def respond(
    status: HTTPStatus, body: Any, headers: dict[str, str | list[str]] | None = None
) -> Response[str]:
    """Return an answer with a JSON body."""
    return Response(
        status_code=status.value,
        content_type="application/json",
        body=_text(body),
        headers=headers,
    )


def _text(body: Any) -> str:
    try:
        return to_json(body, ensure_ascii=True).decode()
    except ValueError:  # half a surrogate pair, in an id that was rejected
        return json.dumps(body, separators=(",", ":"))


def answer_bytes(body: Any) -> int:
    """Return how many bytes a body takes of what Lambda returns: there it is a text in JSON."""
    text = json.dumps(body, separators=(",", ":"))
    return len(text) + text.count('"') + text.count("\\")


def respond_error(error: RequestError, request_id: str) -> Response[str]:
    """Return the answer for a request that failed as a whole."""
    body = {"Message": str(error), "RequestID": request_id}
    return respond(error.status, body, {"x-amzn-ErrorType": error.name})


def not_yet(why: str) -> EventItemResponse:
    """Return a destination's answer for a part that it may take later; no client hears the text."""
    return {"StatusCode": HTTPStatus.INTERNAL_SERVER_ERROR.value, "Message": why}


def as_object(value: Any) -> dict[str, Any]:
    """Return a part of another server's answer, which may hold anything, if it is an object."""
    return value if isinstance(value, dict) else {}
