"""PutEvents calls to a gateway, authorized in the way it was deployed for."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from botocore.utils import get_environ_proxies

from clients.put_events.call import Call
from clients.put_events.outcome import NoAnswerError, RefusedError

# API Gateway itself answers after 29 seconds.
CONNECT_SECONDS, READ_SECONDS = 10, 35
Authorize = Callable[[AWSRequest], None]


class Answer(NamedTuple):
    """The EventsResponse, and how long it took."""

    events_response: dict[str, Any]
    seconds: float


class Gateway:
    """A gateway at a URL; threads may share it."""

    def __init__(
        self, url: str, authorize: Authorize, *, session: Session, connections: int = 1
    ) -> None:
        self._url = url.rstrip("/")
        self._authorize = authorize
        self._http = URLLib3Session(
            verify=session.get_config_variable("ca_bundle") or True,
            proxies=get_environ_proxies(url),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            max_pool_connections=connections,
        )

    def put_events(self, call: Call) -> Answer:
        """Send it once; raises RefusedError or NoAnswerError if there is no EventsResponse."""
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
        return Answer(_events_response(response), seconds)


def sign(session: Session, region: str | None, url: str) -> Authorize:
    """Signatures for `execute-api`; raises BotoCoreError without credentials."""
    credentials = session.get_credentials()
    if credentials is None:
        raise NoCredentialsError
    credentials.get_frozen_credentials()  # expired ones are told before anything is sent
    region = region or _region_of(url) or session.get_config_variable("region")

    def authorize(request: AWSRequest) -> None:
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", region).add_auth(request)

    return authorize


def add_header(name: str, value: str) -> Authorize:
    """The same header in each request."""

    def authorize(request: AWSRequest) -> None:
        request.headers[name] = value

    return authorize


def _region_of(url: str) -> str | None:
    found = re.search(r"\.execute-api(?:-fips)?\.([a-z0-9-]+)\.", urlsplit(url).netloc)
    return found and found[1]


def _events_response(response: AWSResponse) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    known = body if isinstance(body, dict) else {}
    if response.status_code == HTTPStatus.ACCEPTED and isinstance(known.get("Results"), dict):
        return known
    raise _refusal(response, known)


def _refusal(response: AWSResponse, body: dict[str, Any]) -> RefusedError:
    name = response.headers.get("x-amzn-ErrorType")
    # API Gateway writes "message" where a deployment has not said otherwise.
    message = body.get("Message") or body.get("message")
    if not name and not message:
        return RefusedError(f"{response.status_code} without an EventsResponse: no gateway there?")
    text = " ".join(filter(None, (str(response.status_code), name, message and str(message))))
    return RefusedError(f"The request was refused: {_one_line(text)}", str(body.get("RequestID", "")))


def _one_line(text: str) -> str:
    return " ".join(text.split())
