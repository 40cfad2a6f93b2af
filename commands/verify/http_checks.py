"""Checks of what the API answers: an event, an unknown path, a caller who may not call."""

import json
import time
from statistics import median
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse

from commands.send.client import CallError, unsigned
from commands.send.tally import compare
from commands.verify.endings import CheckFailedError, NotRunError
from commands.verify.subject import Subject

REQUESTS = 20
ERROR_TYPE = "x-amzn-ErrorType"


def event_is_accepted(subject: Subject) -> str:
    """Send the marked event; everything after this follows it."""
    return f"event {subject.event_id}: {_put(subject, subject.event_id)}"


def latency(subject: Subject) -> str:
    """Send some events, one after the other, over one connection."""
    seconds = []
    for number in range(REQUESTS):
        started = time.monotonic()
        _put(subject, f"{subject.event_id}-{number}")
        seconds.append(time.monotonic() - started)
    milliseconds = sorted(round(second * 1000) for second in seconds)
    return (
        f"{REQUESTS} requests, the way to here included: half took up to "
        f"{round(median(milliseconds))} ms, the slowest {milliseconds[-1]} ms"
    )


def unknown_path(subject: Subject) -> str:
    """An unknown path under a known one is answered by the function, in Pinpoint's form."""
    path = f"/v1/apps/{subject.application_id}/nope"
    request = AWSRequest("POST", subject.target.url.rstrip("/") + path, data=b"{}")
    return _error(subject.client.send(request), 404, "NotFoundException")


def forbidden(subject: Subject) -> str:
    """Somebody without authorization is answered in Pinpoint's form."""
    if subject.target.auth == "none":
        raise NotRunError("auth=none lets everybody in")
    response = subject.client.send(unsigned(subject.target.url, subject.call()), authorized=False)
    return _error(response, 403, "")


def error_type_once(subject: Subject) -> str:
    """An error of API Gateway's own has one type: boto3 reads two as one unknown name."""
    if subject.target.auth == "none":
        raise NotRunError("auth=none lets everybody in, so API Gateway itself answers nothing")
    response = subject.client.send(unsigned(subject.target.url, subject.call()), authorized=False)
    types = _header(response, ERROR_TYPE)
    if types.count(",") or not types:
        raise CheckFailedError(f"{ERROR_TYPE}: {types or 'missing'}")
    return f"{ERROR_TYPE}: {types}"


def _put(subject: Subject, event_id: str) -> str:
    call = subject.call(event_id)
    try:
        answer = subject.client.put_events(call)
    except CallError as error:
        seen = f"{error.format_message()} {subject.wrong_auth}".strip()
        raise CheckFailedError(seen) from None
    tally = compare(call.events_request, answer["Results"])
    if not tally.all_accepted:
        raise CheckFailedError(
            f"not accepted: {[*tally.rejected, *tally.failed, *tally.endpoints]}"
        )
    return "202 Accepted"


def _error(response: AWSResponse, status: int, error_type: str) -> str:
    body = _json(response.content)
    seen = f"{response.status_code} {response.content[:200].decode(errors='replace')}"
    shape = isinstance(body, dict) and body.keys() == {"Message", "RequestID"}
    if response.status_code != status or not shape:
        raise CheckFailedError(seen)
    types = _header(response, ERROR_TYPE)
    if error_type and error_type != types:
        raise CheckFailedError(f"{seen}, {ERROR_TYPE}: {types or 'missing'}")
    return f"{response.status_code} {body['Message']}"


def _header(response: AWSResponse, name: str) -> str:
    return str(response.headers.get(name) or "")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
