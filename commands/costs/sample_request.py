"""The request whose cost is told: an app's events with its endpoint and user, as mobile SDKs send."""

import json
from base64 import b64encode
from typing import Any

ENDPOINT_ID = "c0ffee00-1b2c-4d3e-8f4a-5b6c7d8e9f00"
ENDPOINT = {
    "Address": "f" * 152,  # a token of Firebase
    "ChannelType": "GCM",
    "OptOut": "NONE",
    "EffectiveDate": "2026-11-25T10:00:00.000Z",
    "Demographic": {
        "AppVersion": "1.3.14",
        "Locale": "en_US",
        "Make": "Google",
        "Model": "Pixel 9",
        "Platform": "ANDROID",
        "PlatformVersion": "16",
        "Timezone": "America/Los_Angeles",
    },
    "Location": {"Country": "USA"},
    "User": {
        "UserId": "us-east-1:0d7a2f7c-5c1e-4a7b-9f3e-2b6d8c1a4e5f",
        "UserAttributes": {"plan": ["pro"], "language": ["en"], "cohort": ["2026-11"]},
    },
}
EVENT = {
    "AppPackageName": "com.example.app",
    "AppTitle": "Example",
    "AppVersionCode": "373",
    "Attributes": {"screen": "checkout", "variant": "b"},
    "ClientSdkVersion": "2.15.2",
    "EventType": "button_pressed",
    "Metrics": {"items": 3.0},
    "SdkName": "aws-sdk-android",
    "Session": {"Id": "7d5ba6e9-20261125-100000000", "StartTimestamp": "2026-11-25T10:00:00.000Z"},
    "Timestamp": "2026-11-25T10:00:01.000Z",
}


def api_event(events: int, request_id: str, milliseconds: int) -> dict[str, Any]:
    """The request as API Gateway hands it to the function."""
    body = {
        "BatchItem": {
            ENDPOINT_ID: {
                "Endpoint": ENDPOINT,
                "Events": {
                    f"2d9c4f7e-6a1b-4e0d-9b3c-{number:012}": EVENT for number in range(events)
                },
            }
        }
    }
    path = "/v1/apps/my-app/events"
    return {
        "resource": "/v1/apps/{application-id}/events",
        "path": path,
        "httpMethod": "POST",
        "headers": {"Host": "api.example.com"},
        "multiValueHeaders": {"Host": ["api.example.com"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"application-id": "my-app"},
        "stageVariables": None,
        "requestContext": {
            "requestId": request_id,
            "requestTimeEpoch": milliseconds,
            "stage": "prod",
            "path": f"/prod{path}",
        },
        "body": b64encode(json.dumps(body).encode()).decode(),
        "isBase64Encoded": True,
    }
