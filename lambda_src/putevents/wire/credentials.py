"""Of a request's headers only those that are read, before anything else looks at it.

API Gateway has looked at the credentials that are for it. A client that signs for Pinpoint sends
its AWS credentials' session token, which is good for hours.
"""

from collections.abc import Mapping
from typing import Any

from putevents.wire.forwarded import ARRIVALS

READ = frozenset(("content-encoding", "origin", ARRIVALS))


def without_credentials(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event of API Gateway with these; of the query nothing is read, and all goes."""
    return {
        **event,
        "headers": _read(event.get("headers")),
        "multiValueHeaders": _read(event.get("multiValueHeaders")),
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
    }


def _read(headers: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (headers or {}).items() if name.lower() in READ}
