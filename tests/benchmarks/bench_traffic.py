"""What clients send, as the benchmarks send it: devices of signed-in people, and their events."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

AWS = Path(__file__).parents[1] / "events/aws"
# As Amplify fills it once somebody has signed in.
ENDPOINT = {
    "Address": "dGhpcyBpcyBub3QgYSByZWFsIHRva2VuLCBidXQgYXMgbG9uZyBhcyBvbmU6IDY0Ynl0ZXM",
    "Attributes": {"interests": ["jazz", "running"], "plan": ["pro"]},
    "ChannelType": "GCM",
    "Demographic": {
        "AppVersion": "4.12.0",
        "Locale": "en_US",
        "Make": "Google",
        "Model": "Pixel 7",
        "Platform": "android",
        "PlatformVersion": "14",
        "Timezone": "Europe/Berlin",
    },
    "EffectiveDate": "2026-11-24T10:00:00.123Z",
    "Location": {"Country": "US"},
    "Metrics": {"logins": 12.0},
    "OptOut": "NONE",
    "User": {
        "UserId": "b1e5a0c2-7c1d-4e7e-9c6e-0f4b8f4f2a11",
        "UserAttributes": {"tier": ["gold"], "signed-up": ["2024-02-03"]},
    },
}
EVENT = {
    "AppPackageName": "com.example",
    "AppTitle": "Example",
    "AppVersionCode": "412",
    "Attributes": {"genre": "jazz", "plan": "pro", "screen": "player"},
    "ClientSdkVersion": "2.8.0",
    "EventType": "song.played",
    "Metrics": {"seconds": 187.5},
    "SdkName": "amplify-flutter",
    "Session": {
        "Id": "5f2d7c1a-8e4b-4f6d-b0a9-2c3d4e5f6071",
        "StartTimestamp": "2026-11-24T09:59:00.000Z",
    },
    "Timestamp": "2026-11-24T10:00:00.123Z",
}
# Ten thousand of the whole would be over the 4 MB of a request.
SMALL_EVENT = {name: EVENT[name] for name in ("Attributes", "EventType", "Session", "Timestamp")}
ID = "0c6b7f1e-5a2d-4f43-9d0c-3b8e6a917c52"


def endpoint_id(device: int) -> str:
    """The id of a device."""
    return f"{device:08x}{ID[8:]}"


def request(events: int, event: Any = EVENT, device: int = 0) -> dict[str, Any]:
    """An EventsRequest of one device with so many events, each with an id and a time of its own."""
    found = {
        f"{number:08x}{ID[8:]}": {
            **event,
            "Timestamp": f"2026-11-24T10:{number // 1000:02}:{number % 60:02}.{number % 1000:03}Z",
        }
        for number in range(events)
    }
    return {"BatchItem": {endpoint_id(device): {"Endpoint": ENDPOINT, "Events": found}}}


def http_event(body: dict[str, Any]) -> dict[str, Any]:
    """The event of API Gateway's REST proxy for a request."""
    event: dict[str, Any] = json.loads((AWS / "api_gateway_proxy_event.json").read_bytes())
    return {**event, "body": b64encode(json.dumps(body).encode()).decode()}


def sqs_event(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """The event of a queue's messages with these requests."""
    [record, *_] = json.loads((AWS / "sqs_event.json").read_bytes())["Records"]
    messages = [{"ApplicationId": "my-app", "EventsRequest": body} for body in bodies]
    return {
        "Records": [
            {**record, "messageId": f"{number}", "body": json.dumps(message)}
            for number, message in enumerate(messages)
        ]
    }
