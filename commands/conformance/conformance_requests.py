"""Sends the requests of a case to a server, and collects how its answers differ."""

import base64
import gzip
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.awsrequest import AWSRequest

from commands.conformance.conformance_cases import GATEWAY, Case, answer_of, filled, request_of
from commands.conformance.conformance_match import Answer, differences


class Client(Protocol):
    """Sends a request, signed or with a key or as it is."""

    def send(self, request: AWSRequest, *, authorized: bool = True) -> Any:
        """Return whatever is answered."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """The server that is asked, and what the texts of cases need to know of it."""

    url: str
    client: Client
    application_id: str
    origin: str
    headers: Mapping[str, str]
    has: frozenset[str]  # what cases may need

    def names(self) -> dict[str, str]:
        """What is filled in; `run` is another one for each case."""
        run = uuid.uuid4().hex[:12]
        return {"application": self.application_id, "origin": self.origin, "run": run}


def run_case(case: Case, server: Server, *, ours: bool) -> list[str]:
    """Return the differences, none if the server does what the case says."""
    names = server.names()
    for number, request in enumerate(case.before, 1):
        answer = ask(server, filled(request_of(request), names))
        if not 200 <= answer.status < 300:
            return [f"request {number} before it is answered {answer.status}"]
    answer = ask(server, filled(request_of(case.request), names))
    found = list(differences(filled(answer_of(case.answer), names), answer))
    if case.ours and ours:
        found += differences(filled(answer_of(case.ours), names), answer)
    return found


def is_ours(case: Case) -> bool:
    """Whether a case is about this gateway alone."""
    return case.of == GATEWAY


def ask(server: Server, request: Mapping[str, Any]) -> Answer:
    """Send one request of a case."""
    headers = {"Content-Type": "application/json", **server.headers, **request.get("headers", {})}
    sent = AWSRequest(
        request.get("method", "POST"),
        server.url.rstrip("/") + request["path"],
        data=_body(request),
        headers=headers,
    )
    authorized = not request.get("unauthorized", False)
    response = server.client.send(sent, authorized=authorized)
    found = {name.lower(): value for name, value in response.headers.items()}
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        body = None
    return Answer(response.status_code, found, body)


def _body(request: Mapping[str, Any]) -> bytes | None:
    if "base64" in request:
        data = base64.b64decode(request["base64"])
    elif "text" in request:
        data = request["text"].encode()
    elif "json" in request:
        data = json.dumps(request["json"], ensure_ascii=request.get("ascii", False)).encode(
            errors="surrogatepass"
        )
    else:
        return None
    return gzip.compress(data) if request.get("gzip") else data
