"""Does what API Gateway does: a request becomes a proxy event, its answer an HTTP response."""

import base64
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

Headers = list[tuple[str, str]]

RESOURCES = (
    "/v1/apps/{application-id}/events",
    "/v1/apps/{application-id}/events/legacy",
    "/v1/apps/{application-id}/endpoints",
    "/v1/apps/{application-id}/endpoints/{endpoint-id}",
    "/v1/apps/{application-id}/endpoints/{endpoint-id}/inappmessages",
    "/v1/apps/{application-id}/users/{user-id}",
)
ANY_RESOURCE = "/{proxy+}"
STAGE = "local"

# Errors that API Gateway itself answers, as `infra/gateway_responses.py` shapes them.
ERRORS = {
    HTTPStatus.BAD_REQUEST: ("BadRequestException", "The request could not be read."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("MethodNotAllowedException", "Method not allowed."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "PayloadTooLargeException",
        "Request size should be at most 4 MB.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("InternalServerErrorException", "Internal server error."),
}
# API Gateway overwrites or drops these headers of a handler.
_OWN_HEADERS = {"connection", "content-length", "date", "transfer-encoding", "x-amzn-requestid"}


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
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

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


def error_response(status: HTTPStatus, request_id: str) -> Response:
    """Build an error response in Pinpoint's shape, which pages of any origin can read."""
    name, text = ERRORS[status]
    return json_response(
        status,
        {"Message": text, "RequestID": request_id},
        ("x-amzn-ErrorType", name),
        ("access-control-allow-origin", "*"),
        ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,Date"),
    )


def proxy_event(request: Request) -> dict[str, Any]:
    """Build the event of a Lambda proxy integration; binary types `*/*` make every body base64."""
    resource, parameters = _resource(request.path)
    headers = [*request.headers, ("X-Forwarded-For", request.source_ip)]
    query = parse_qsl(request.query, keep_blank_values=True)
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(headers),
        "multiValueHeaders": _grouped(headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _grouped(query) or None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": _request_context(request, resource),
        "body": base64.b64encode(request.body).decode() if request.body else None,
        "isBase64Encoded": bool(request.body),
    }


def proxy_response(answer: Any) -> Response:
    """Build the response that a handler's answer describes; raises if it describes none."""
    headers: Headers = []
    for name, value in (answer.get("headers") or {}).items():
        headers.append((name, str(value)))
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers = [pair for pair in headers if pair[0].lower() != name.lower()]
        headers += [(name, str(value)) for value in values]
    body = answer.get("body") or ""
    return Response(
        int(answer["statusCode"]),
        [pair for pair in headers if pair[0].lower() not in _OWN_HEADERS],
        base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode(),
    )


def _request_context(request: Request, resource: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": "000000000000",
        "apiId": "local",
        "domainName": request.header("host"),
        "extendedRequestId": request.request_id,
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": request.header("user-agent")},
        "path": f"/{STAGE}{request.path}",
        "protocol": request.protocol,
        "requestId": request.request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": "local",
        "resourcePath": resource,
        "stage": STAGE,
    }


def _resource(path: str) -> tuple[str, dict[str, str]]:
    for resource in RESOURCES:
        pattern = re.sub(r"\\{([a-z-]+)\\}", "([^/]+)", re.escape(resource).replace("\\-", "-"))
        if found := re.fullmatch(pattern, path):
            names = re.findall(r"{([a-z-]+)}", resource)
            return resource, dict(zip(names, found.groups(), strict=True))
    return ANY_RESOURCE, {"proxy": path.lstrip("/")}


def _grouped(pairs: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped
