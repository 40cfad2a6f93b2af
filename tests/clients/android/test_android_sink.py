"""The sink for Android against the gateway of `make run`: all arrives, and nothing stands twice."""

import random
from collections.abc import Callable

import pytest

from tests.clients.android.conftest import Start
from tests.clients.android.sink_program import envelope
from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_bearer_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.programs import ENVIRONMENT
from tests.local.running_gateway import RunningGateway
from tests.loopback import LoopbackServer, Request, Response

MINUTE = 60_000
KILLS = 12
KEYS = {
    "accessKeyId": ENVIRONMENT["AWS_ACCESS_KEY_ID"],
    "secretKey": ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
    "sessionToken": ENVIRONMENT["AWS_SESSION_TOKEN"],
}


def _ids(gateway: RunningGateway, app: str) -> list[str]:
    """The event ids of the table, each as often as it stands there."""
    return sorted(event_id for _, event_id, _ in gateway.stored(app))


def test_each_event_arrives_and_a_bad_one_is_told(
    start: Start, gateway: RunningGateway, app: str
) -> None:
    sink = start(gateway.url)
    sink.send("good", 1)
    sink.send("long", 2, **{"key" * 20: "too long"})
    sink.ask(f"send other {envelope('another-app')}", "sent other")

    sink.drain()
    assert _ids(gateway, app) == ["good"]
    (long, other) = sorted(text for (text,) in sink.told("dropped REJECTED (.*)"))
    assert long.startswith("long Event attribute key length should be less than 50. (attributes.")
    assert other.startswith("other ")
    assert other.endswith("(application.app_id)")


def test_an_hour_without_a_network(start: Start, gateway: RunningGateway, app: str) -> None:
    """The hour passes on the sink's clock; the app records all the time, and is ended once."""
    network = _network_before(gateway)
    network.stop()
    try:
        sink = start(network.url, clock="test")
        for minute in range(60):
            if minute == 30:
                sink.kill()
                sink = start(network.url, clock="test")
            for second in range(5):
                sink.send(f"event-{minute}-{second}", minute * 60 + second)
            sink.let_pass(MINUTE)
        assert _ids(gateway, app) == []
        assert sink.told("dropped .*") == []
        assert 6 <= len(sink.told("retry .*")) < 30

        network.start()
        sink.let_pass(5 * MINUTE)
        sink.drain()
    finally:
        network.stop()

    assert _ids(gateway, app) == sorted(f"event-{m}-{s}" for m in range(60) for s in range(5))


def test_killed_at_any_moment(start: Start, gateway: RunningGateway, app: str) -> None:
    """What `send` returned for is in the table, once, whenever the app was killed."""
    chance = random.Random(20261126)  # noqa: S311 # a test's
    sent: set[str] = set()
    begun: set[str] = set()
    for life in range(KILLS):
        sink = start(gateway.url, maxBatchEvents=7)
        begun |= {f"life{life}-{index}" for index in range(2_000)}
        sink.tell(f"burst life{life} 2000 {envelope(app)}")
        sink.tell("flush 0")
        after = chance.randrange(1, 300)
        sink.wait_for_lines(after)
        sink.kill()
        sent |= {event_id for (event_id,) in sink.told(r"sent (\S+)")}
    last = start(gateway.url)
    last.drain()

    stored = _ids(gateway, app)
    assert len(sent) >= KILLS
    assert sent - set(stored) == set()
    assert set(stored) - begun == set()
    assert len(stored) == len(set(stored))
    assert last.told("dropped .*") == []


@pytest.mark.parametrize(
    ("admits", "options"),
    [
        (has_api_key, {"header": f"x-api-key: {API_KEY}"}),
        (has_bearer_token, {"header": f"Authorization: Bearer {ID_TOKEN}"}),
        (is_signed_for_execute_api, KEYS),
    ],
    ids=["api-key", "jwt", "iam"],
)
def test_whatever_the_gateway_asks_for(
    admits: Callable[[Request], bool],
    options: dict[str, str],
    start: Start,
    gateway: RunningGateway,
) -> None:
    app = f"shop.{admits.__name__}"
    with standing_before(gateway.url, admits) as url:
        without = start(url, application=app)
        without.send("event")
        assert not without.flush()
        # Once, or twice if it was sent on its own before it was asked to.
        assert without.told("retry .* 1 403 .*") == without.told("retry .*") != []
        without.kill()  # what waits is sent by the next, which has the key

        start(f"{url}/", application=app, **options).drain()

    assert _ids(gateway, app) == ["event"]


def _network_before(gateway: RunningGateway) -> LoopbackServer:
    """A way to the gateway that can be cut."""

    def pass_on(call: Request) -> Response:
        connection = gateway.connect()
        try:
            headers = {name: value for name, value in call.headers.items() if name != "host"}
            connection.request(call.method, call.target, call.body, headers)
            response = connection.getresponse()
            return Response(response.status, response.read())
        finally:
            connection.close()

    return LoopbackServer(pass_on)
