"""A model of amplify-android's queue.

Mirrors aws-pinpoint-core's EventRecorder.kt (aws-amplify/amplify-android, 6b8bd6a): processEvents,
submitEventsAndProcessResponse, processEventResponse, isRetryableError.
"""

from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from tests.clients.mobile.phone import Endpoint, OfflineError, Phone, ServiceError


class AmplifyAndroid(Phone):
    """Sends a batch a flush; keeps 5xx, and keeps what the answer lacks for ever."""

    endpoint: ClassVar[Endpoint] = {
        "Attributes": {},
        "Demographic": {"Locale": "USA", "Make": "Google", "Platform": "ANDROID"},
        "EffectiveDate": "2026-01-02T03:04:05.123Z",
        "Location": {"City": "", "Country": "USA", "PostalCode": "", "Region": ""},
        "Metrics": {},
        "User": {"UserAttributes": {}},
    }

    def event_id(self, number: int) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.application_id}/{number}"))

    def flush(self) -> None:
        batch = self.oldest()
        if not batch:
            return
        try:
            results = self.put_events(batch)
        except (OfflineError, ServiceError):
            return  # submitEvents catches all, so the rows stay
        items = results.get(self.endpoint_id, {}).get("EventsItemResponse") or {}
        for event_id in batch:
            message = items.get(event_id, {}).get("Message")
            if message is None:
                continue
            if message.lower() == "accepted":
                self.delivered(event_id)
            elif not 500 <= items[event_id]["StatusCode"] <= 599:
                self.discard(event_id, message)
