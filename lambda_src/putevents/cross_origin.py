"""Which pages may call from a browser, and what their requests may carry (CORS)."""

import re
from collections.abc import Sequence

from aws_lambda_powertools.event_handler import CORSConfig

# What the real clients' preflights ask for beside what Powertools always allows (authorization,
# content-type, x-amz-date, x-amz-security-token, x-api-key).
CLIENT_HEADERS = (
    "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
    "x-amzn-clientsdkversion",
)  # fmt: skip
# What tracing adds to every request of a page: W3C, X-Ray, Sentry, Datadog, New Relic, Zipkin,
# Elastic. A preflight that leaves one of them out fails, and nothing is ever sent.
TRACING_HEADERS = (
    "traceparent", "tracestate", "baggage", "x-amzn-trace-id", "sentry-trace",
    "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-origin",
    "x-datadog-sampling-priority", "x-datadog-tags", "newrelic",
    "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
    "elastic-apm-traceparent",
)  # fmt: skip
EXPOSE_HEADERS = ["x-amzn-RequestId", "x-amzn-ErrorType", "Date"]
PREFLIGHT_SECONDS = 7200  # as long as any browser keeps one
ANY = "*"
# What a `*` stands for: never a dot, so never another domain; DNS takes no longer label.
_LABEL = "[a-z0-9_-]{1,63}"


class CrossOrigin(CORSConfig):
    """Answers pages of some origins; an origin with a `*` in it allows all that match it."""

    def __init__(self, origins: Sequence[str], headers: Sequence[str] = ()) -> None:
        super().__init__(
            allow_origin=origins[0],
            extra_origins=list(origins[1:]),
            allow_headers=[*CLIENT_HEADERS, *TRACING_HEADERS, *headers],
            expose_headers=EXPOSE_HEADERS,
            max_age=PREFLIGHT_SECONDS,
        )
        self._is_any = ANY in origins
        self._vary = {} if self._is_any else {"Vary": "Origin"}
        self._allowed = {
            "Access-Control-Allow-Headers": ",".join(sorted(self.allow_headers)),
            "Access-Control-Expose-Headers": ",".join(self.expose_headers),
            "Access-Control-Max-Age": str(self.max_age),
            **self._vary,
        }
        self._pattern = re.compile("|".join(map(_pattern, origins)))

    def allowed_origin(self, extracted_origin: str | None) -> str:
        """Return the value of Access-Control-Allow-Origin for a page, empty if there is none."""
        if self._is_any:
            return ANY if extracted_origin else ""
        is_allowed = extracted_origin and self._pattern.fullmatch(extracted_origin)
        return str(extracted_origin) if is_allowed else ""

    def to_dict(self, origin: str | None) -> dict[str, str]:
        """Return the headers for an allowed origin; a cache keeps apart what depends on it."""
        return {"Access-Control-Allow-Origin": origin, **self._allowed} if origin else self._vary


def cross_origin(origins: Sequence[str], headers: Sequence[str] = ()) -> CrossOrigin | None:
    """Return how browsers of these origins are answered; without any they get no CORS headers."""
    return CrossOrigin(origins, headers) if origins else None


def _pattern(origin: str) -> str:
    return _LABEL.join(map(re.escape, origin.split("*")))
