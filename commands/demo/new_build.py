"""A visit as the app's new build sends it: enriched events, one envelope for each."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

SDK = {"name": "demo-shop-sink", "version": "1.0.0"}
LEFT_TO_OLD_BUILDS = ("_session.start", "_session.stop")  # the enrichment client sends neither


def envelopes(
    application_id: str,
    client_id: str,
    endpoint: Mapping[str, Any],
    events: Iterable[tuple[str, Mapping[str, Any]]],
) -> list[dict[str, Any]]:
    """The same events and what they say of their endpoint, in the other protocol."""
    told = _told(application_id, client_id, endpoint)
    return [
        _envelope(id_, event, told)
        for id_, event in events
        if event["EventType"] not in LEFT_TO_OLD_BUILDS
    ]


def _told(application_id: str, client_id: str, endpoint: Mapping[str, Any]) -> dict[str, Any]:
    demographic = endpoint["Demographic"]
    client = {"client_id": client_id}
    if user := endpoint.get("User"):
        client["user_id"] = user["UserId"]
    return {
        "application": {
            "app_id": application_id,
            "package_name": "com.example.shop",
            "title": "Demo Shop",
            "version_name": demographic["AppVersion"],
            "sdk": SDK,
        },
        "client": client,
        "device": {
            "platform": {
                "name": demographic["Platform"], "version": demographic["PlatformVersion"]
            },
            "make": demographic["Make"],
            "model": demographic["Model"],
            "locale": {"code": demographic["Locale"]},
        },
    }  # fmt: skip


def _envelope(id_: str, event: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    session = event["Session"]
    found = {
        "event_id": id_,
        "event_type": event["EventType"],
        **told,
        "session": {"id": session["Id"], "start_timestamp": session["StartTimestamp"]},
        "attributes": event.get("Attributes", {}),
        "metrics": event.get("Metrics", {}),
    }
    if at := event.get("Timestamp"):  # a build may forget it
        found["event_timestamp"] = round(datetime.fromisoformat(at).timestamp() * 1000)
    return found
