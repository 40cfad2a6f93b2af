"""The request whose cost is told: what the AWS SDK for Android sent, with a user added."""

import json
from base64 import b64encode
from typing import Any

ENDPOINT_ID = "c0ffee00-1b2c-4d3e-8f4a-5b6c7d8e9f00"
ENDPOINT = {
    "Attributes": {},
    "ChannelType": "GCM",
    "Demographic": {
        "AppVersion": "1.3.14",
        "Locale": "en_US",
        "Make": "Google",
        "Model": "sdk_gphone_x86_64_arm64",
        "Platform": "ANDROID",
        "PlatformVersion": "11",
        "Timezone": "America/Los_Angeles",
    },
    "EffectiveDate": "2026-11-25T10:00:00.000Z",
    "Location": {"City": "", "Country": "USA", "PostalCode": "", "Region": ""},
    "Metrics": {},
    "OptOut": "ALL",
    "User": {
        "UserId": "0d7a2f7c-5c1e-4a7b-9f3e-2b6d8c1a4e5f",
        "UserAttributes": {"plan": ["pro"], "language": ["en"], "cohort": ["2026-11"]},
    },
}
EVENT = {
    "AppPackageName": "com.example",
    "AppTitle": "Example",
    "AppVersionCode": "373",
    "Attributes": {"On": "true"},
    "ClientSdkVersion": "2.15.2",
    "EventType": "Monitor_Button_Standby",
    "Metrics": {},
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
