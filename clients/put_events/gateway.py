"""PutEvents calls to a gateway."""

import json
from http import HTTPStatus
from socket import IPPROTO_TCP, TCP_NODELAY
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import quote

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.utils import get_environ_proxies

from clients.put_events.authorization import Authorize
from clients.put_events.call import Call
from clients.put_events.outcome import NoAnswerError, RefusedError

SECONDS = 35  # API Gateway itself answers after 29


class Answer(NamedTuple):
    """The EventsResponse, and how long it took."""

    events_response: dict[str, Any]
    seconds: float


class Gateway:
    """A gateway at a URL; threads may share it."""

    def __init__(
        self, url: str, authorize: Authorize, *, session: Session, connections: int
    ) -> None:
        self._url = url.rstrip("/")
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

    def put_events(self, call: Call) -> Answer:
        """Send it, once; raises RefusedError or NoAnswerError if there is no EventsResponse."""
        request = AWSRequest(
            "POST",
            f"{self._url}/v1/apps/{quote(call.application_id, safe='')}/events",
            data=json.dumps(call.events_request, separators=(",", ":")).encode(),
            headers={"Content-Type": "application/json", "User-Agent": "put-events"},
        )
        try:
            self._authorize(request)
            started = perf_counter()
            response = self._http.send(request.prepare())
        except BotoCoreError as error:
            raise NoAnswerError(f"No answer: {_one_line(str(error))}") from None
        seconds = perf_counter() - started
        return Answer(_read(response), seconds)


def _read(response: AWSResponse) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    known = body if isinstance(body, dict) else {}
    if response.status_code == HTTPStatus.ACCEPTED and isinstance(known.get("Results"), dict):
        return known
    raise _refusal(response, known)


def _refusal(response: AWSResponse, body: dict[str, Any]) -> RefusedError:
    status = response.status_code
    name = response.headers.get("x-amzn-ErrorType")
    # API Gateway itself writes a small m, where no deployment has told it otherwise.
    message = body.get("Message") or body.get("message")
    if not name and not message:
        return RefusedError(f"HTTP {status} without an EventsResponse: is a gateway at this URL?")
    reason = _one_line(f"{name or 'Refused'}: {message or 'no reason given'}")
    return RefusedError(f"HTTP {status} {reason}", str(body.get("RequestID") or ""))


def _one_line(text: str) -> str:
    return " ".join(text.split())
