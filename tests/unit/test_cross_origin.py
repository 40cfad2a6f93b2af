"""Browsers are answered for the pages that may call, and for no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putevents.cross_origin import CrossOrigin, cross_origin
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event

ORIGIN = "https://app.example.com"
PREVIEWS = "https://*.example.dev"
ALLOWED = "Access-Control-Allow-Origin"


def preflight(origin: str | None, **settings: str) -> dict[str, str]:
    """The headers that a page of an origin gets for a preflight."""
    doors = Doors(FakeDestination(), FakeQueue(), **settings)
    sent = {"Origin": origin} if origin else {}
    _, _, headers = doors.answer(http_event("", method="OPTIONS", headers=sent))
    return headers


def allowed_headers(headers: dict[str, str]) -> set[str]:
    return {name.lower() for name in headers["Access-Control-Allow-Headers"].split(",")}


@pytest.mark.parametrize("origin", [ORIGIN, "https://www.example.com"])
def test_a_preflight_from_an_allowed_origin_allows_what_clients_and_tracing_send(
    doors: Doors, origin: str
) -> None:
    status, body, headers = doors.answer(
        http_event("", method="OPTIONS", headers={"Origin": origin})
    )
    assert (status, body) == (204, None)
    assert headers[ALLOWED] == origin
    assert "POST" in headers["Access-Control-Allow-Methods"]
    assert allowed_headers(headers) == {
        "authorization", "content-type", "x-amz-date", "x-amz-security-token", "x-api-key",
        "x-amz-user-agent", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request",
        "x-amzn-clientsdkversion",
        "traceparent", "tracestate", "baggage", "x-amzn-trace-id", "sentry-trace",
        "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-origin",
        "x-datadog-sampling-priority", "x-datadog-tags", "newrelic", "b3", "x-b3-traceid",
        "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
        "elastic-apm-traceparent",
    }  # fmt: skip
    assert headers["Access-Control-Expose-Headers"] == "x-amzn-RequestId,x-amzn-ErrorType,Date"
    assert headers["Access-Control-Max-Age"] == "7200"


def test_a_setting_allows_more_headers() -> None:
    headers = preflight(ORIGIN, CORS_HEADERS="x-team-trace, X-Other")
    assert {"x-team-trace", "x-other", "traceparent"} <= allowed_headers(headers)


@pytest.mark.parametrize(
    "origin",
    ["https://evil-app.example.com", "https://app.example.com.evil.net", "http://app.example.com",
     "https://appxexample.com", "null", "*"],
)  # fmt: skip
def test_another_origin_is_allowed_nothing(origin: str) -> None:
    assert [name for name in preflight(origin) if name.startswith("Access-Control-Allow-O")] == []


def test_without_origins_browsers_are_answered_nothing() -> None:
    assert cross_origin(()) is None
    doors = Doors(FakeDestination(), FakeQueue(), CORS_ORIGINS="")
    _, _, headers = doors.answer(http_event("{}", headers={"Origin": ORIGIN}))
    assert [name for name in headers if name.startswith(("Access", "Vary"))] == []


@pytest.mark.parametrize("origin", [ORIGIN, "https://evil.example.net", None])
def test_a_cache_keeps_answers_for_different_origins_apart(origin: str | None) -> None:
    doors = Doors(FakeDestination(), FakeQueue())
    sent = {"Origin": origin} if origin else {}
    for event in (
        http_event("", method="OPTIONS", headers=sent),
        http_event("{}", headers=sent),
        http_event("", "/v1/apps/my-app/endpoints/phone", "GET", sent),
    ):
        assert doors.answer(event)[2]["Vary"] == "Origin"


def test_an_answer_that_is_the_same_for_every_origin_does_not_vary() -> None:
    headers = preflight("https://anyone.example.net", CORS_ORIGINS="*")
    assert headers[ALLOWED] == "*"
    assert "Vary" not in headers
    assert ALLOWED not in preflight(None, CORS_ORIGINS="*")


@pytest.mark.parametrize(
    ("allowed", "origin"),
    [
        (PREVIEWS, "https://pr-12.example.dev"),
        (PREVIEWS, "https://a_b.example.dev"),
        ("https://shop-*.example.dev", "https://shop-git-main.example.dev"),
        ("http://*.localhost:3000", "http://a.localhost:3000"),
    ],
)
def test_a_star_stands_for_one_label_or_a_piece_of_it(allowed: str, origin: str) -> None:
    headers = preflight(origin, CORS_ORIGINS=f"{ORIGIN},{allowed}")
    assert (headers[ALLOWED], headers["Vary"]) == (origin, "Origin")


@pytest.mark.parametrize(
    "origin",
    [
        "https://a.b.example.dev", "https://example.dev", "https://.example.dev",
        "https://evil.net/.example.dev", "https://evil.net#.example.dev",
        "https://evil.net?.example.dev", "https://evil.net:1.example.dev",
        "https://user@evil.example.dev", "https://pr-12.example.dev.evil.net",
        "https://pr-12.example.dev:8443", "http://pr-12.example.dev", "https://pr-12xexample.dev",
        "https://PR-12.example.dev", "https://é.example.dev", "https://a\n.example.dev",
        "https://a.example.dev\n", "https://*.example.dev", "null", PREVIEWS,
    ],
)  # fmt: skip
def test_a_star_stands_for_nothing_else(origin: str) -> None:
    assert ALLOWED not in preflight(origin, CORS_ORIGINS=PREVIEWS)


@given(st.text(alphabet="ab.-:/@*?#\n https", max_size=30))
def test_whatever_a_star_allows_is_one_step_under_its_domain(label: str) -> None:
    origin = f"https://{label}.example.dev"
    if CrossOrigin([PREVIEWS]).allowed_origin(origin):
        assert label
        assert not set(label) & set(".:/@*?#\n ")
