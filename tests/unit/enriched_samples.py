"""Envelopes of enriched events for tests: the platforms' examples, and small ones."""

import json
from pathlib import Path
from typing import Any

from putevents.wire.answers import ACCEPTED
from tests.unit.doors import Doors

EXAMPLES = Path(__file__).parents[1] / "events" / "enriched"
PLATFORMS = ("android", "swift", "flutter")
PATH = "/v1/apps/my-app/enriched-events"
AT = 1_795_601_402_123  # 2026-11-25T10:10:02.123Z


def example(platform: str) -> dict[str, Any]:
    """The example of a platform, as of my-app."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{platform}.json").read_text())
    found["application"]["app_id"] = "my-app"
    return found


def envelope(client_id: str = "phone", *, user_id: str | None = None, **others: Any) -> Any:
    """An envelope with what no sender leaves out, and what a test says."""
    client = {"client_id": client_id} | ({"user_id": user_id} if user_id is not None else {})
    return {
        "event_type": "hello",
        "event_timestamp": AT,
        "application": {"app_id": "my-app", "sdk": {"name": "shop", "version": "4.2"}},
        "client": client,
        "device": {},
    } | others


def send(doors: Doors, body: Any) -> list[Any]:
    """The results for envelopes that are answered 202."""
    results: list[Any] = doors.put_events(body, path=PATH)
    return results


def statuses(results: list[Any]) -> list[int]:
    """The status of each answer."""
    assert all((one["StatusCode"] == 202) == (ACCEPTED.items() <= one.items()) for one in results)
    return [one["StatusCode"] for one in results]
