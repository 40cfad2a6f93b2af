"""Drops the credentials that a request brought, before anything else looks at it."""

from collections.abc import Mapping
from typing import Any

# API Gateway has looked at those that are for it. A client that signs for Pinpoint sends its AWS
# credentials' session token, which is good for hours.
CREDENTIALS = frozenset(("authorization", "cookie", "x-amz-security-token", "x-api-key"))

_LENGTHS = frozenset(map(len, CREDENTIALS))  # quicker to tell than the letters


def without_credentials(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of API Gateway without them; of the query nothing is read, and all goes."""
    return {
        **event,
        "headers": _left(event.get("headers")),
        "multiValueHeaders": _left(event.get("multiValueHeaders")),
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
    }


def _left(headers: Mapping[str, Any] | None) -> dict[str, Any]:
    left = dict(headers or {})
    for name in headers or ():
        if len(name) in _LENGTHS and name.lower() in CREDENTIALS:
            del left[name]
    return left
