"""PutEvents calls to a gateway: the request, its answer, and the errors of a call without one."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.utils import get_environ_proxies

from commands.exit_codes import CommandError, ExitCode
from commands.send.auth import Authorize
from commands.send.call import Call

SECONDS = 35  # API Gateway itself answers after 29


class CallError(CommandError):
    """A request that has no EventsResponse; `kind` is its text without what differs each time."""

    def __init__(self, kind: str, request_id: str = "") -> None:
        super().__init__(f"{kind} (request id {request_id})" if request_id else kind)
        self.kind = kind


class RequestRejectedError(CallError):
    """The gateway, or whoever stands at its URL, answered something else."""

    exit_code = ExitCode.STOPPED


class NoAnswerError(CallError):
    """Nobody answered."""

    exit_code = ExitCode.NO_ANSWER


def unsigned(url: str, call: Call) -> AWSRequest:
    """The request for a call, still without authorization."""
    return AWSRequest(
        "POST",
        f"{url.rstrip('/')}/v1/apps/{quote(call.application_id, safe='')}/events",
        data=json.dumps(call.events_request, separators=(",", ":")).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "put-events"},
    )


class Client:
    """Calls the gateway at a URL; threads may share it."""

    def __init__(
        self, url: str, authorize: Authorize, *, session: Session, connections: int
    ) -> None:
        self._url = url
        self._authorize = authorize
        # urllib3, with the proxies and certificates that the AWS CLI would use.
        self._http = URLLib3Session(
            verify=session.get_config_variable("ca_bundle") or True,
            proxies=get_environ_proxies(url),
            timeout=SECONDS,
            max_pool_connections=connections,
            # As botocore's own clients have it: without it each request waits 40 ms for an ACK.
            socket_options=[(IPPROTO_TCP, TCP_NODELAY, 1)],  # type: ignore[list-item] # stubs err
        )

    def put_events(self, call: Call) -> dict[str, Any]:
        """Send it, once, and return the EventsResponse; raises CallError if there is none."""
        response = self.send(unsigned(self._url, call))
        return events_response(response.status_code, response.headers, response.content)

    def send(self, request: AWSRequest, *, authorized: bool = True) -> AWSResponse:
        """Send any request, once, and return whatever is answered; raises NoAnswerError."""
        try:
            if authorized:
                self._authorize(request)
            return self._http.send(request.prepare())
        except BotoCoreError as error:
            raise NoAnswerError(f"No answer: {_one_line(str(error))}") from None


def events_response(status: int, headers: Mapping[str, str], content: bytes) -> dict[str, Any]:
    """Read an answer; raises RequestRejectedError if it is no EventsResponse."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    known = body if isinstance(body, dict) else {}
    if status == HTTPStatus.ACCEPTED and isinstance(known.get("Results"), dict):
        return known
    raise _rejection(status, headers.get("x-amzn-ErrorType"), known)


def _rejection(status: int, name: str | None, body: dict[str, Any]) -> RequestRejectedError:
    # API Gateway itself writes a small m, where no deployment has told it otherwise.
    message = body.get("Message") or body.get("message")
    if not name and not message:
        return RequestRejectedError(
            f"HTTP {status} without an EventsResponse: is a gateway at this URL?"
        )
    reason = _one_line(f"{name or 'Rejected'}: {message or 'no reason given'}")
    return RequestRejectedError(f"HTTP {status} {reason}", str(body.get("RequestID") or ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())
