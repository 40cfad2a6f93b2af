"""Does what API Gateway does: a request becomes a proxy event, its answer an HTTP response."""

import base64
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.http_messages import Headers, Request, Response

RESOURCES = (
    "/v1/apps/{application-id}/events",
    "/v1/apps/{application-id}/events/legacy",
    "/v1/apps/{application-id}/enriched-events",
    "/v1/apps/{application-id}/endpoints",
    "/v1/apps/{application-id}/endpoints/{endpoint-id}",
    "/v1/apps/{application-id}/endpoints/{endpoint-id}/inappmessages",
    "/v1/apps/{application-id}/users/{user-id}",
)
EVENT_RESOURCES = RESOURCES[:3]
ENRICHED_RESOURCE = RESOURCES[2]
ANY_RESOURCE = "/{proxy+}"
STAGE = "local"

# API Gateway overwrites or drops these headers of a handler.
_OWN_HEADERS = {"connection", "content-length", "date", "transfer-encoding", "x-amzn-requestid"}


def proxy_event(request: Request) -> dict[str, Any]:
    """Build the event of a Lambda proxy integration; binary types `*/*` make every body base64."""
    resource, parameters = resource_of(request.path)
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
    received = datetime.fromtimestamp(request.received_ms / 1000, UTC)
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
        "requestTime": received.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": request.received_ms,
        "resourceId": "local",
        "resourcePath": resource,
        "stage": STAGE,
    }


def resource_of(path: str) -> tuple[str, dict[str, str]]:
    """Return which resource a path is, and its parameters."""
    # A base URL that ends with a slash makes two of them.
    path = "/" + path.lstrip("/")
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
