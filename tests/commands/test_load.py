"""`load` as `make load` runs it: what became of the events is read from the answers."""

import os
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from commands.load.shapes import users_at
from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_bearer_token,
    has_id_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.programs import ENVIRONMENT, ROOT, SECONDS
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request
from tests.upstream import accept_all, running_upstream

AUTHS: dict[str, tuple[Callable[[Request], bool], list[str]]] = {
    "api-key": (has_api_key, ["--api-key", API_KEY]),
    "cognito": (has_id_token, ["--token", ID_TOKEN]),
    "jwt": (has_bearer_token, ["--token", ID_TOKEN]),
    "iam": (is_signed_for_execute_api, []),
}
EVENTS = r"^events +(\d+) sent, (\d+) accepted, (\d+) rejected, (\d+) failed$"


def load(url: str, app: str, *options: str) -> tuple[int, str, list[int]]:
    """The exit code, what was printed, and the events sent, accepted, rejected, failed."""
    done = subprocess.run(
        [
            ROOT / ".venv-load/bin/python", "-m", "commands", "load", "--url", url,
            "--application-id", app, "--seconds", "1", "--users", "2", "--events", "3", *options,
        ],
        cwd=ROOT,
        env={**ENVIRONMENT, "HOME": os.devnull},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )  # fmt: skip
    printed = done.stdout + done.stderr
    found = re.search(EVENTS, printed, re.MULTILINE)
    assert found, printed
    return done.returncode, printed, [int(count) for count in found.groups()]


def test_make_load_counts_what_the_gateway_has_stored(gateway: RunningGateway, app: str) -> None:
    done = subprocess.run(
        [
            "make", "--silent", "load", f"URL={gateway.url}", f"APPLICATION_ID={app}",
            "USERS=2", "RATE=20", "SECONDS=2", "EVENTS=3", "OPTIONS=--auth none",
        ],
        cwd=ROOT,
        env={**ENVIRONMENT, "HOME": os.devnull, "USERS": "x", "SECONDS": "x"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )  # fmt: skip

    printed = done.stdout + done.stderr
    found = re.search(EVENTS, printed, re.MULTILINE)
    assert found, printed
    sent, accepted, rejected, failed = map(int, found.groups())
    assert sent == accepted == len(gateway.stored(app)) > 0
    assert (done.returncode, rejected, failed) == (0, 0, 0)
    assert sent <= 3 * (20 * 2 + 2)  # the rate, and the first request of each user


@pytest.mark.parametrize(
    ("shape", "planned"),
    [
        ("steady", [20, 20, 20, 20, 20]),
        ("ramp", [1, 5, 10, 15, 20]),
        ("burst", [2, 2, 20, 20, 20]),
    ],
)
def test_the_apps_of_a_shape(shape: str, planned: list[int]) -> None:
    moments = (0, 25, 50, 75, 99.9)

    assert [users_at(shape, 20, 100, moment) for moment in moments] == planned
    assert users_at(shape, 1, 100, 0.0) == 1
    assert users_at(shape, 20, 100, 100.0) is None


def test_a_burst_is_five_times_all(gateway: RunningGateway, app: str) -> None:
    assert [users_at("burst", 30, 10, second) for second in range(10)] == [3, 30] * 5

    status, printed, counts = load(gateway.url, app, "--auth", "none", "--shape", "burst")

    assert (status, counts[1]) == (0, counts[0]), printed
    assert len(gateway.stored(app)) == counts[0] > 0


@pytest.mark.parametrize("auth", AUTHS)
def test_any_auth_opens_the_door(gateway: RunningGateway, app: str, auth: str) -> None:
    admits, options = AUTHS[auth]
    with standing_before(gateway.url, admits) as url:
        status, printed, counts = load(url, app, "--auth", auth, *options, "--rate", "10")

    assert (status, counts[1]) == (0, counts[0]), printed
    assert len(gateway.stored(app)) == counts[0]


def test_a_door_that_stays_shut_is_a_failure(gateway: RunningGateway, app: str) -> None:
    with standing_before(gateway.url, has_api_key) as url:
        status, printed, counts = load(url, app, "--auth", "none", "--rate", "10")

    assert status == 3
    assert counts == [counts[0], 0, 0, counts[0]]
    assert "HTTP 403 ForbiddenException: Forbidden" in printed


@pytest.mark.parametrize(("status", "code"), [(400, 0), (500, 1)])
def test_only_an_event_that_is_neither_accepted_nor_rejected_is_a_failure(
    status: int, code: int
) -> None:
    def answer(request: dict[str, Any]) -> tuple[int, Any]:
        response: Any = accept_all(request)
        for endpoint in response["Results"].values():
            items = endpoint["EventsItemResponse"]
            items[next(iter(items))] = {"StatusCode": status, "Message": "no"}
        return 202, response

    with running_upstream() as upstream:
        upstream.answer = answer
        ended, _, (sent, accepted, rejected, failed) = load(
            upstream.url, "a", "--auth", "none", "--rate", "10"
        )

    assert ended == code
    assert sent == 3 * len(upstream.requests) > 0
    assert accepted == sent * 2 // 3
    assert (rejected, failed) == ((sent // 3, 0) if status == 400 else (0, sent // 3))


def test_nobody_there_is_a_failure() -> None:
    with running_upstream() as upstream:
        url = upstream.url

    status, printed, counts = load(url, "a", "--auth", "none", "--rate", "10")

    assert (status, counts[1:3]) == (4, [0, 0])
    assert "No answer: ConnectionError" in printed
