"""The two protocols of SQS's clients: JSON, and the query protocol that older ones speak."""

import re

from local.http_messages import Request, Response, json_response
from local.queue_message import DEAD_LETTERS, QUEUE
from local.sqs import SqsApi
from local.sqs_query import query_response

TARGET = "AmazonSQS."  # before the action, in the header of the JSON protocol
FORM = "application/x-www-form-urlencoded"
# SDKs post either to the endpoint or to the queue's own URL.
PATHS = ("/", f"/{QUEUE}", f"/{DEAD_LETTERS}")

_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")


def action_of(request: Request) -> str | None:
    """Return the action that an SQS client asks for; None if the request is no such client's."""
    if request.method != "POST" or request.path not in PATHS:
        return None
    target = request.header("x-amz-target") or ""
    if target.startswith(TARGET):
        return target.removeprefix(TARGET)
    found = _ACTION.search(request.body) if _is_form(request) else None
    return found[1].decode("ascii") if found else None


def respond(sqs: SqsApi, action: str, request: Request) -> Response:
    """Perform the action, and respond in the protocol of the request."""
    if request.header("x-amz-target"):
        return json_response(*sqs.answer(action, request.body))
    return query_response(sqs, action, request)


def _is_form(request: Request) -> bool:
    return (request.header("content-type") or "").lower().startswith(FORM)
