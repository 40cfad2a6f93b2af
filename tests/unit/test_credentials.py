"""The credentials that a client sends along leave no trace behind the door."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from putevents.wire.credentials import without_credentials
from tests.endpoints.whole_gateway import WholeGateway
from tests.unit.doors import Doors, FakeDestination, FakeQueue, http_event

CREDENTIALS = ("authorization", "cookie", "x-amz-security-token", "x-api-key")
MARK = "MARKED-d41d8cd98f00"
GOOD = {"EventType": "tap", "Timestamp": "2026-01-02T03:04:05Z"}
BODY = {"BatchItem": {"phone": {"Endpoint": {}, "Events": {"good": GOOD, "bad": {}}}}}


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeGateway]:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    gateway = WholeGateway("lake", tmp_path)
    yield gateway
    gateway.database.close()


def request(body: Any = BODY, spelled: Callable[[str], str] = str.title) -> dict[str, Any]:
    """A request with a marked value in every place where credentials stand."""
    headers = {spelled(name): f"{MARK}-{name}" for name in CREDENTIALS}
    event = http_event(body, "/v1/apps/my-app/events/legacy", headers=headers)
    query = {"X-Amz-Security-Token": MARK, "X-Amz-Signature": MARK}
    event["queryStringParameters"] = query
    event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    return event


@pytest.mark.parametrize("spelled", [str.title, str.lower, str.upper])
@pytest.mark.parametrize("is_down", [False, True], ids=["delivered", "queued"])
def test_no_record_message_or_log_line_has_them(
    gateway: WholeGateway,
    is_down: bool,
    spelled: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    gateway.streams.is_down = is_down
    status, answer, headers = gateway.doors.answer(request(spelled=spelled))

    queued = [(m.body, m.attributes) for m in gateway.queue.messages]
    assert status == 202
    assert bool(queued) is is_down
    # What a route, or Powertools in its debug mode, could print.
    seen = gateway.doors.api.app.current_event.raw_event
    gateway.streams.is_down = False
    gateway.redeliver()
    told = json.dumps([answer, headers, queued, seen, gateway.records()])
    assert "good" in told
    assert MARK not in told + "".join(capsys.readouterr())


@pytest.mark.parametrize("body", [b"{", {"BatchItem": []}, BODY], ids=["no JSON", "no map", "bug"])
def test_no_error_has_them(body: Any, capsys: pytest.CaptureFixture[str]) -> None:
    doors = Doors(FakeDestination(is_down=True), FakeQueue(broken=True))

    told = doors.answer(request(body))

    assert MARK not in json.dumps(told) + "".join(capsys.readouterr())


def test_only_headers_that_are_read_are_let_in() -> None:
    headers = {"Origin": "https://a.example", "X-Anything": MARK, "CONTENT-ENCODING": "gzip"}
    event = http_event(BODY, "/v1/apps/my-app/events", headers=headers)

    seen = without_credentials(event)

    for name in ("headers", "multiValueHeaders"):
        assert {name.lower() for name in seen[name]} == {"origin", "content-encoding"}
        assert seen[name].items() <= event[name].items()
