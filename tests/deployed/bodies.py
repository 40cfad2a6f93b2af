"""EventsRequest bodies: the files of tests/events, and small ones made for a test."""

import json
from typing import Any

from tests.deployed.emulator import ROOT

REQUESTS = ROOT / "tests/events/requests"
EVENT = {"EventType": "song.played", "Timestamp": "2026-01-02T03:04:05.678Z"}


def load(name: str) -> Any:
    return json.loads((REQUESTS / name).read_text())


def request(endpoint_id: str, events: dict[str, Any], endpoint: Any = None) -> dict[str, Any]:
    """The events of one endpoint, under the ids given."""
    return {"BatchItem": {endpoint_id: {"Endpoint": endpoint or {}, "Events": events}}}


def numbered(endpoint_id: str, count: int) -> dict[str, Any]:
    """As many good events, with the ids "0", "1" and so on."""
    return request(endpoint_id, {str(number): EVENT for number in range(count)})


def message(application_id: str, events_request: Any) -> str:
    """What a producer sends to the queue."""
    return json.dumps({"ApplicationId": application_id, "EventsRequest": events_request})
