"""The fetch wrapper: where it has to run, and that it keeps a key and a token to itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.clients.browsing import Browse
from tests.clients.doorkeeper import API_KEY, has_api_key, standing_before
from tests.clients.programs import HERE, NODE, Program
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request, Response, serving

ALLOWED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*, authorization",
    "Access-Control-Allow-Methods": "*",
}
Calls = list[Request]


@contextmanager
def redirecting() -> Iterator[tuple[str, Calls, Calls]]:
    """An address that redirects, what it was sent, and what was sent to where it leads."""
    sent: Calls = []
    passed_on: Calls = []

    def elsewhere(call: Request) -> Response:
        passed_on.append(call)
        return Response(202 if call.method != "OPTIONS" else 200, b"{}", ALLOWED)

    with serving(elsewhere) as target:

        def redirect(call: Request) -> Response:
            if call.method == "OPTIONS":
                return Response(200, b"", ALLOWED)
            sent.append(call)
            return Response(307, b"", {**ALLOWED, "Location": f"{target}{call.target}"})

        with serving(redirect) as url:
            yield url, sent, passed_on


@pytest.mark.parametrize("array_buffer", ["missing", "failing"])
def test_it_works_on_react_native_that_cannot_read_bytes(
    array_buffer: str, run: Program, app: str, gateway: RunningGateway
) -> None:
    tokens = []

    def admits(call: Request) -> bool:
        tokens.append(call.headers.get("x-amz-security-token"))
        return has_api_key(call)

    program = HERE / "javascript/react-native.mjs"
    with standing_before(gateway.url, admits) as url:
        statuses = run.json(NODE, program, app, array_buffer, GATEWAY_URL=url)

    assert statuses == [202, 202, 202]
    assert tokens == [None, None, None]
    assert gateway.stored(app) == [("phone", "Käufe 🛒", "tap")]


def test_neither_key_nor_token_goes_where_the_gateway_redirects(run: Program, app: str) -> None:
    with redirecting() as (url, sent, passed_on):
        ended = run.json(NODE, HERE / "javascript/redirected.mjs", app, GATEWAY_URL=url)

    assert ended == ["TypeError", "TypeError"]
    assert passed_on == []
    assert [call.headers["x-api-key"] for call in sent] == ["the-key", "the-key"]
    assert [call.target.partition("?")[2] for call in sent] == ["a=1&b=2", "a=1&b=2"]
    assert all(
        "token" not in json.dumps([call.headers.get(n) for n in call.headers]) for call in sent
    )


@pytest.mark.parametrize("redirect", ["wrapper", "worker"])
def test_in_a_browser_nothing_goes_where_the_gateway_redirects(
    redirect: str, browse: Browse, app: str
) -> None:
    with redirecting() as (url, sent, passed_on):
        visit = browse(
            "v6", "refused", app, redirect, gateway=url, header="x-api-key", value=API_KEY
        )

    assert visit["concluded"]["failed"] in ("PUT", "POST")
    assert passed_on == []
    assert sent
    assert {call.headers["x-api-key"] for call in sent} == {API_KEY}
    assert not any("x-amz-security-token" in call.headers for call in sent)
