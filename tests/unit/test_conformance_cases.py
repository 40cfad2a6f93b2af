"""The cases of tests/conformance, asked of the handler in this process, which stores nothing."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSRequest

from commands.conformance.conformance_cases import Case, read_cases
from commands.conformance.conformance_requests import Server, run_case
from local.api_gateway import proxy_event, proxy_response
from local.http_messages import Request
from tests.unit.doors import Context, Doors

STORED = {"endpoint-calls/sixteenth"}  # the destination would have to count
CASES = [
    case
    for case in read_cases()
    if not {"reads", "auth"} & set(case.needs) and case.name not in STORED
]


@dataclass
class Answered:
    """What a client sees of an answer."""

    status_code: int
    headers: dict[str, str]
    content: bytes


class InProcess:
    """Hands requests to the handler, as API Gateway does."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def send(self, request: AWSRequest, *, authorized: bool = True) -> Any:
        """Return what the handler answers."""
        parts = urlsplit(request.url)
        asked = Request(
            method=str(request.method),
            path=str(parts.path),
            query=str(parts.query),
            headers=list(request.headers.items()),
            body=request.data or b"",
            source_ip="127.0.0.1",
            protocol="HTTP/1.1",
        )
        answer = proxy_response(self._doors.api(proxy_event(asked), Context()))
        pairs = answer.encoded_headers(asked.request_id)
        headers = {name.decode(): value.decode() for name, value in pairs}
        return Answered(answer.status, headers, answer.body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_handler_does_what_a_case_says(doors: Doors, case: Case) -> None:
    server = Server(
        url="https://api.example.com",
        client=InProcess(doors),
        application_id="my-app",
        origin="https://app.example.com",
        headers={},
        has=frozenset(),
    )
    assert run_case(case, server, ours=True) == []
