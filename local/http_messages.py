"""HTTP requests and responses, and the errors that API Gateway itself answers."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

Headers = list[tuple[str, str]]

# Errors of the server itself, in the shape of the functions' own.
ERRORS = {
    HTTPStatus.BAD_REQUEST: ("BadRequestException", "The request could not be read."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("MethodNotAllowedException", "Method not allowed."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "PayloadTooLargeException",
        "Request size should be at most 4 MB.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("InternalServerErrorException", "Internal server error."),
}

# Where it cannot be told which page asks.
FOR_ANY_PAGE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType,Date",
}


def new_request_id() -> str:
    """An id that no other request has."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Request:
    """An HTTP request; `path` is still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    source_ip: str
    protocol: str
    request_id: str = field(default_factory=new_request_id)
    received_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)  # Unix time

    def header(self, name: str) -> str | None:
        """Return the last value of a header."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None


@dataclass(frozen=True)
class Response:
    """An HTTP response, without the headers that every response has."""

    status: int
    headers: Headers
    body: bytes

    def encoded_headers(self, request_id: str) -> list[tuple[bytes, bytes]]:
        """Return all headers as bytes, with those that API Gateway adds to every response."""
        headers = [*self.headers, ("x-amzn-RequestId", request_id)]
        if self.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            headers.append(("Content-Length", str(len(self.body))))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def json_response(status: int, body: object, *headers: tuple[str, str]) -> Response:
    """Build a response with a JSON body."""
    return Response(
        status, [("content-type", "application/json"), *headers], json.dumps(body).encode()
    )


def error_response(
    status: HTTPStatus, request_id: str, cors: Mapping[str, str] = FOR_ANY_PAGE
) -> Response:
    """Build an error response in Pinpoint's shape, for the pages that `cors` allows."""
    name, text = ERRORS[status]
    return json_response(
        status,
        {"Message": text, "RequestID": request_id},
        ("x-amzn-ErrorType", name),
        *cors.items(),
    )
