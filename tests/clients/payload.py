"""What the clients of these tests are given to send, and what must become of it."""

from typing import Any

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
EVENT: dict[str, Any] = {
    "EventType": "Käufe 🛒",
    "Timestamp": "2026-01-02T03:04:05.678Z",
    "AppPackageName": "com.example.app",
    "AppTitle": "Example",
    "AppVersionCode": "12",
    "Attributes": {"page": "naïve 漢字", "empty": ""},
    "ClientSdkVersion": "1.2.3",
    "Metrics": {"price": 1.5},
    "SdkName": "example-sdk",
    "Session": {
        "Id": "session-1",
        "StartTimestamp": "2026-01-02T03:04:00.000Z",
        "StopTimestamp": "2026-01-02T03:04:05.000Z",
        "Duration": 5000,
    },
}
ENDPOINT: dict[str, Any] = {
    "Address": "somebody@example.com",
    "Attributes": {"hobbies": ["cooking", "Lesen"]},
    "ChannelType": "EMAIL",
    "Demographic": {"AppVersion": "1.0", "Locale": "de_DE", "Platform": "linux"},
    "EffectiveDate": "2026-01-02T03:04:05.678Z",
    "Location": {"City": "", "Country": "DE", "Latitude": 47.6, "Longitude": -122.3},
    "Metrics": {"visits": 3.0},
    "OptOut": "NONE",
    "RequestId": "request-1",
    "User": {"UserId": "user-1", "UserAttributes": {"plan": ["free"]}},
}
# Two endpoints with ids that no path or shell likes, a full event, the least that is allowed.
BATCH_ITEM: dict[str, Any] = {
    "endpoint / ü": {
        "Endpoint": ENDPOINT,
        "Events": {
            "event-1": EVENT,
            "event 2?": {"EventType": "plain", "Timestamp": EVENT["Timestamp"]},
        },
    },
    "endpoint-2": {"Endpoint": {}, "Events": {"event-1": EVENT}},
}
ALL_ACCEPTED = {
    "Results": {
        endpoint_id: {
            "EndpointItemResponse": ACCEPTED,
            "EventsItemResponse": dict.fromkeys(batch["Events"], ACCEPTED),
        }
        for endpoint_id, batch in BATCH_ITEM.items()
    }
}
STORED = sorted(
    (endpoint_id, event_id, event["EventType"])
    for endpoint_id, batch in BATCH_ITEM.items()
    for event_id, event in batch["Events"].items()
)
