"""The path by which a request is routed: what API Gateway matched, not what the client wrote."""

import re
from contextlib import suppress
from typing import Any

_PARAMETER = re.compile(r"{([^{}+]+)}")


def matched_path(event: dict[str, Any]) -> str:
    """Return the path that API Gateway matched, its parameters still percent-encoded.

    The `path` of an event begins with the base path of a custom domain; `resource` and
    `pathParameters` do not. An unmatched path may be a client's base URL that ends with a slash:
    `//v1/apps/...` is routed as `/v1/apps/...`.
    """
    resource: str = event.get("resource") or ""
    parameters: dict[str, str] = event.get("pathParameters") or {}
    if resource and not resource.endswith("{proxy+}"):
        with suppress(KeyError):  # no event of API Gateway lacks a parameter
            # A slash in a parameter is never a step of the path.
            return _PARAMETER.sub(lambda name: parameters[name[1]].replace("/", "%2F"), resource)
    path: str = parameters.get("proxy") or event["path"]
    return "/" + path.lstrip("/")
