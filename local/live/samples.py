"""The two requests that the live page sends for a newcomer: a good event, and a bad one."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


def _request(event: dict[str, Any]) -> dict[str, Any]:
    endpoint = {
        "ChannelType": "GCM",
        "Address": "sample-token",
        "Demographic": {"Platform": "android", "AppVersion": "1.0"},
        "User": {"UserId": "sample-user"},
    }
    return {"BatchItem": {"sample-phone": {"Endpoint": endpoint, "Events": {_id(): event}}}}


def _good() -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    attributes = {"screen": "home", "plan": "free"}
    metrics = {"seconds": 12.5}
    session = {"Id": "sample-session", "StartTimestamp": now}
    event = {"EventType": "sample.opened", "Timestamp": now, "Attributes": attributes}
    return _request({**event, "Metrics": metrics, "Session": session})


def _bad() -> dict[str, Any]:
    return _request({"EventType": "sample.broken", "Attributes": {"screen": "home"}})


def _id() -> str:
    return str(uuid.uuid4())


SAMPLES: dict[str, Callable[[], dict[str, Any]]] = {"good": _good, "bad": _bad}
