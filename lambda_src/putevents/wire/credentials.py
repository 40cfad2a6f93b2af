"""Drops the credentials that a request brought, before anything else looks at it."""

from collections.abc import Mapping
from typing import Any

# API Gateway has looked at those that are for it. A client that signs for Pinpoint sends its AWS
# credentials' session token, which is good for hours.
CREDENTIALS = frozenset(("authorization", "cookie", "x-amz-security-token", "x-api-key"))


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
    return {
        name: value for name, value in (headers or {}).items() if name.lower() not in CREDENTIALS
    }
