"""An event becomes Pinpoint's event stream record, field by field."""

import json
from pathlib import Path
from typing import Any

import pytest

from putevents.wire.event_record import event_records
from putevents.wire.schemas import Event
from tests.unit.doors import ARRIVAL

REQUESTS = Path(__file__).parents[1] / "events" / "requests"
STORED: Any = {
    "ApplicationId": "my-app",
    "Id": "phone",
    "Address": "token",
    "Attributes": {"Likes": ["Tea"], "demographic": ["kept"]},
    "ChannelType": "GCM",
    "CohortId": "7",
    "CreationDate": "2026-01-01T00:00:00.000Z",
    "Demographic": {
        "AppVersion": "V2.5",
        "Locale": "en_US",
        "Make": "Google",
        "Model": "Pixel",
        "Platform": "ANDROID",
        "PlatformVersion": "14",
    },
    "EndpointStatus": "ACTIVE",
    "Location": {"Country": "USA", "Latitude": 47.6},
    "Metrics": {"Level": 7.0},
    "OptOut": "ALL",
    "User": {"UserId": "u", "UserAttributes": {"Plan": ["pro"]}},
}


def records(events: dict[str, Any], stored: Any = STORED) -> dict[str, Any]:
    parsed = {id_: Event.model_validate(event) for id_, event in events.items()}
    made = event_records("my-app", "phone", stored, parsed, ARRIVAL)
    return {event_id: json.loads(record) for event_id, record in made}


def test_every_field_has_its_place() -> None:
    event = {
        "EventType": "_session.stop",
        "Timestamp": "2026-01-02T03:04:05.678999Z",
        "AppPackageName": "com.example",
        "AppTitle": "Example",
        "AppVersionCode": "12",
        "SdkName": "aws-sdk-android",
        "ClientSdkVersion": "2.15.2",
        "Attributes": {"On": "ja", "Id": "x"},
        "Metrics": {"Seconds": 1.5},
        "Session": {
            "Id": "s",
            "StartTimestamp": "2026-01-02T03:04:00.000+00:00",
            "StopTimestamp": "2026-01-02T03:04:05.678Z",
            "Duration": 5678,
        },
    }
    assert records({"1": event}) == {
        "1": {
            "event_type": "_session.stop",
            "event_timestamp": 1767323045678,
            "arrival_timestamp": ARRIVAL.timestamp,
            "event_version": "3.0",
            "event_id": "1",
            "request_id": ARRIVAL.request_id,
            "application": {
                "app_id": "my-app",
                "package_name": "com.example",
                "sdk": {"name": "aws-sdk-android", "version": "2.15.2"},
                "title": "Example",
                "version_name": "V2.5",
                "version_code": "12",
            },
            "client": {"client_id": "phone"},
            "device": {
                "locale": {"code": "en_US", "country": "US", "language": "en"},
                "make": "Google",
                "model": "Pixel",
                "platform": {"name": "android", "version": "14"},
            },
            "session": {
                "session_id": "s",
                "start_timestamp": 1767323040000,
                "stop_timestamp": 1767323045678,
                "duration": 5678,
            },
            "attributes": {"On": "ja", "Id": "x"},
            "metrics": {"Seconds": 1.5},
            "endpoint": {
                "id": "phone",
                "address": "token",
                "attributes": {"Likes": ["Tea"], "demographic": ["kept"]},
                "channeltype": "GCM",
                "cohortid": "7",
                "creationdate": "2026-01-01T00:00:00.000Z",
                "demographic": {
                    "appversion": "V2.5",
                    "locale": "en_US",
                    "make": "Google",
                    "model": "Pixel",
                    "platform": "ANDROID",
                    "platformversion": "14",
                },
                "endpointstatus": "ACTIVE",
                "location": {"country": "USA", "latitude": 47.6},
                "metrics": {"Level": 7.0},
                "optout": "ALL",
                "user": {"userid": "u", "userattributes": {"Plan": ["pro"]}},
            },
        }
    }


def test_what_nobody_sent_is_left_out() -> None:
    least = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z"}
    record = records({"1": least}, {"Id": "phone"})["1"]
    assert record["application"] == {"app_id": "my-app", "sdk": {}}
    assert record["device"] == {"locale": {}, "platform": {}}
    assert record["session"] == record["attributes"] == record["metrics"] == {}
    assert record["endpoint"] == {"id": "phone"}


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("en_US", {"language": "en", "country": "US"}),
        ("de-AT", {"language": "de", "country": "AT"}),
        ("zh_Hant_TW", {"language": "zh", "country": "TW"}),
        ("fr", {"language": "fr"}),
        ("USA", {"country": "USA"}),  # amplify-android sends the country alone
    ],
)
def test_a_locale_is_taken_apart(code: str, locale: dict[str, str]) -> None:
    event = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z"}
    record = records({"1": event}, {"Demographic": {"Locale": code}})["1"]
    assert record["device"]["locale"] == {"code": code, **locale}


@pytest.mark.parametrize("name", sorted(path.name for path in REQUESTS.glob("*.json")))
def test_no_event_of_a_real_client_is_missing_or_changed(name: str) -> None:
    batches = json.loads((REQUESTS / name).read_text())["BatchItem"]
    for batch in batches.values():
        events = {
            id_: event
            for id_, event in batch["Events"].items()
            if "EventType" in event and all(len(key) <= 50 for key in event.get("Attributes", {}))
        }
        found = records(events)
        assert found.keys() == events.keys()
        for id_, event in events.items():
            assert found[id_]["event_type"] == event["EventType"]
            assert found[id_]["attributes"] == event.get("Attributes", {})
            assert found[id_]["metrics"] == event.get("Metrics", {})
