"""Enriched events in a whole gateway: what was known when each came is what is stored with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.endpoints.whole_gateway import WholeGateway
from tests.unit.enriched_samples import PLATFORMS, envelope, example, send, statuses

KINDS = pytest.mark.parametrize("kind", ["lake", "local"])
OLD = Path(__file__).parents[1] / "events" / "requests" / "amplify-android.json"
USERS = [None, "ann", None, "bob", "", "ann"]
FOUND = [envelope(event_id=str(n), user_id=user) for n, user in enumerate(USERS)]
KNOWN = {"0": None, "1": "ann", "2": "ann", "3": "bob", "4": None, "5": "ann"}


@pytest.fixture(autouse=True)
def _lake_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def users(gateway: WholeGateway) -> dict[str, Any]:
    """The user that each event was stored with."""
    records = {one["event_id"]: one for one in gateway.records()}
    return {id_: one["endpoint"].get("user", {}).get("userid") for id_, one in records.items()}


def stored_user(gateway: WholeGateway) -> Any:
    return gateway.call("GET", "endpoints/phone")[1]["User"]["UserId"]


@KINDS
def test_each_event_is_stored_with_the_user_of_its_moment(kind: str, tmp_path: Path) -> None:
    gateway = WholeGateway(kind, tmp_path)
    assert statuses(send(gateway.doors, FOUND)) == [202] * len(FOUND)
    assert users(gateway) == KNOWN
    assert stored_user(gateway) == "ann"


@pytest.mark.parametrize("backwards", [False, True])
def test_so_it_is_when_they_had_to_wait(backwards: bool, tmp_path: Path) -> None:
    gateway = WholeGateway("lake", tmp_path)
    gateway.streams.is_down = True
    assert statuses(send(gateway.doors, FOUND)) == [202] * len(FOUND)
    gateway.streams.is_down = False
    gateway.doors.gateway.breaker.close("my-app")
    assert gateway.records() == []
    if backwards:
        gateway.queue.messages.reverse()
    gateway.redeliver()
    assert users(gateway) == KNOWN
    assert stored_user(gateway) == "ann"


@KINDS
def test_both_generations_have_the_same_columns(kind: str, tmp_path: Path) -> None:
    gateway = WholeGateway(kind, tmp_path)
    gateway.put(**json.loads(OLD.read_text())["BatchItem"])
    results = send(gateway.doors, [example(platform) for platform in PLATFORMS])
    assert statuses(results) == [202] * 3
    old, *new = sorted(gateway.records(), key=lambda one: one["arrival_timestamp"])
    for one in new:
        assert one.keys() == old.keys()
        assert one["event_version"] == old["event_version"] == "3.0"
        assert one["session"].keys() <= {
            "session_id", "start_timestamp", "stop_timestamp", "duration",
        }  # fmt: skip
    by_platform = {one["device"]["platform"]["version"]: one for one in new}
    android, swift, flutter = by_platform["16"], by_platform["19.1"], new[-1]
    assert android["endpoint"]["user"] == {"userid": "u-77"}
    assert android["device"]["locale"] == {"code": "de_DE", "country": "DE", "language": "de"}
    assert android["application"]["sdk"] == {"name": "shop", "version": "4.2"}
    assert (android["metrics"], swift["metrics"]) == ({"total": 12.0},) * 2
    assert swift["attributes"] == {"path": "/cart"}
    assert flutter["session"] == {
        "session_id": "____shop-9b2d41aa-20261125-101000000",
        "start_timestamp": 1795601400000,
        "stop_timestamp": 1795601402123,
        "duration": 2122,
    }


def test_an_endpoint_of_another_caller_is_left_alone(tmp_path: Path) -> None:
    gateway = WholeGateway("lake", tmp_path, BIND_ENDPOINTS="true")
    for identity, status in (("one", 202), ("two", 403), ("one", 202)):
        gateway.doors.request_context = {"identity": {"cognitoIdentityId": identity}}
        results = send(gateway.doors, [envelope(event_id=identity), envelope(identity)])
        assert statuses(results) == [status, 202]
