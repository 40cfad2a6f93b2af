"""Each pattern of docs/actions.md picks the events that it says, as EventBridge's rules match.

The events are those that the destination puts on the bus, the matcher that of an emulated AWS.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from putevents.destinations.bus import BusDestination
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import Event, ValidBatch
from tests.deployed.emulator import Emulator
from tests.unit.doors import ENVIRONMENT
from tests.unit.part_service import PartService, each

PAGE = (Path(__file__).parents[2] / "docs/actions.md").read_text()
ENDPOINT: Any = {
    "ChannelType": "GCM", "Address": "token", "OptOut": "NONE", "User": {"UserId": "u-77"},
}  # fmt: skip
EVENT: dict[str, Any] = {
    "EventType": "checkout_done",
    "Timestamp": "2026-11-25T10:10:02.123Z",
    "Session": {"Id": "s-1", "StartTimestamp": "2026-11-25T10:10:00.000Z"},
    "Attributes": {
        "plan": "pro", "coupon": "autumn-2026-10", "trial_ends": "2026-11-25T23:59:59Z",
    },
    "Metrics": {"total": 120.5},
}  # fmt: skip


def changed(attribute: str, value: str | None) -> dict[str, Any]:
    """The event with another attribute, or without it."""
    attributes = {**EVENT["Attributes"], attribute: value}
    return {"Attributes": {k: v for k, v in attributes.items() if v is not None}}


def total(value: float) -> dict[str, Any]:
    return {"Metrics": {"total": value}}


# By heading: what is changed of the event, or of its endpoint, so that it matches, or does not.
Cases = dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]
CASES: Cases = {
    "EventType": (
        [{}, {"EventType": "_monetization.purchase"}],
        [{"EventType": "Checkout_done"}, {"EventType": "checkout"}],
    ),
    "Attributes, INCLUSIVE": (
        [{}, changed("plan", "team")],
        [changed("plan", "free"), changed("plan", None)],
    ),
    "Attributes, EXCLUSIVE": (
        [{}, changed("plan", None)],
        [changed("plan", "free"), changed("plan", "trial")],
    ),
    "Attributes, CONTAINS": (
        [{}, changed("coupon", "autumn")],
        [changed("coupon", "spring"), changed("coupon", None)],
    ),
    "Attributes, ON a day": (
        [{}],
        [changed("trial_ends", "2026-11-26T00:00:00Z"), changed("trial_ends", None)],
    ),
    "Attributes, BETWEEN months": (
        [{}, changed("trial_ends", "2026-10-01")],
        [changed("trial_ends", "2026-12-01"), changed("trial_ends", "2025-11-01")],
    ),
    "Metrics, EQUAL": ([{}], [total(120.4), {"Metrics": {}}]),
    "Metrics, GREATER_THAN": ([{}, total(1e9)], [total(100), total(-1)]),
    "Metrics, GREATER_THAN_OR_EQUAL": ([{}, total(121)], [total(120.4)]),
    "Metrics, LESS_THAN": ([{}, total(-5)], [total(200)]),
    "Metrics, LESS_THAN_OR_EQUAL": ([{}, total(0)], [total(120.6)]),
    "A campaign's dates": ([{}], [{"Timestamp": "2026-12-01T00:00:00Z"}]),
    "A segment of endpoints": (
        [{}, {"endpoint": {"ChannelType": "APNS"}}],
        [
            {"endpoint": {"OptOut": "ALL"}},
            {"endpoint": {"ChannelType": "EMAIL"}},
            {"endpoint": {"User": {}}},
        ],
    ),
}


def patterns() -> dict[str, str]:
    """The pattern under each heading of the page."""
    return dict(re.findall(r"^### (.+)\n+(?:\w.*\n+)*?```json\n([^`]*)```", PAGE, re.MULTILINE))


def envelope(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What EventBridge makes of an entry that the destination puts."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("EVENT_BUS_ARN", "bus")
    monkeypatch.setenv("BUS_EVENT_TYPES", "*")
    bus = BusDestination()
    put = PartService(bus._client, "Entries", each("Entries", lambda *_: {"EventId": "e"}))
    event = {**EVENT, **{name: value for name, value in change.items() if name != "endpoint"}}
    stored: Any = {"Id": "phone-1", **ENDPOINT, **change.get("endpoint", {})}
    batch = {"phone-1": ValidBatch(None, {"2d9c4f7e": Event.model_validate(event)}, stored=stored)}
    arrivals = {"phone-1": Arrival("r", 1_795_601_403_001)}
    bus.deliver("my-app", batch, arrivals, TimeLeft())
    [[entry]] = put.calls
    return {
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [],
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "time": datetime.fromtimestamp(entry["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": json.loads(entry["Detail"]),
    }


def matches(aws: Emulator, pattern: str, event: dict[str, Any]) -> bool:
    answer = aws.client("events").test_event_pattern(EventPattern=pattern, Event=json.dumps(event))
    return bool(answer["Result"])


def test_every_pattern_of_the_page_is_tried() -> None:
    assert {*patterns()} == {*CASES}


@pytest.mark.parametrize("heading", CASES)
def test_a_pattern_picks_what_the_filter_picked(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, heading: str
) -> None:
    pattern = patterns()[heading]
    picked, others = CASES[heading]

    assert [c for c in picked if not matches(aws, pattern, envelope(c, monkeypatch))] == []
    assert [c for c in others if matches(aws, pattern, envelope(c, monkeypatch))] == []


def test_the_pages_event_is_one_that_the_destination_puts(monkeypatch: pytest.MonkeyPatch) -> None:
    [shown] = re.findall(r"## The event that a rule gets\n+```json\n(.*?)```", PAGE, re.DOTALL)
    real = envelope({}, monkeypatch)

    assert left_out(json.loads(shown), real) == []


def left_out(shown: Any, real: Any, path: str = "") -> list[str]:
    """Where what is shown is not what is real; members may be left out of what is shown."""
    if not isinstance(shown, dict):
        return [] if shown == real else [f"{path}: {shown} is {real}"]
    return [
        text
        for name, value in shown.items()
        if name != "version_name"
        for text in left_out(value, real.get(name), f"{path}.{name}")
    ]
