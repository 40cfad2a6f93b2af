"""A model of aws-sdk-android's queue.

Mirrors the Pinpoint client's EventRecorder.java (aws-amplify/aws-sdk-android, 48b1f99):
processEvents, submitEventsAndEndpoint, processEndpointResponse, processEventsResponse.
"""

from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from tests.clients.mobile.phone import BATCH, Endpoint, OfflineError, Phone, ServiceError

MAX_SUBMISSIONS = 3


class AwsSdkAndroid(Phone):
    """Sends up to three batches a flush; an id that the answer lacks is a null pointer."""

    endpoint: ClassVar[Endpoint] = {
        "Attributes": {},
        "ChannelType": "GCM",
        "Demographic": {"Locale": "en_US", "Make": "Google", "Platform": "ANDROID"},
        "EffectiveDate": "2026-01-02T03:04:05.123Z",
        "Location": {"City": "", "Country": "USA", "PostalCode": "", "Region": ""},
        "Metrics": {},
        "OptOut": "ALL",
    }

    def event_id(self, number: int) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.application_id}/{number}"))

    def flush(self) -> None:
        rows = self.oldest(MAX_SUBMISSIONS * BATCH)
        for start in range(0, len(rows), BATCH):
            self._submit(rows[start : start + BATCH])

    def _submit(self, batch: list[str]) -> None:
        try:
            results = self.put_events(batch)
        except OfflineError:
            return
        except ServiceError as error:
            for event_id in batch if error.status < 500 else []:
                self.discard(event_id, error)
            return
        endpoint = results[self.endpoint_id]  # a KeyError here is the app's crash
        _ = endpoint["EndpointItemResponse"]["StatusCode"]
        for event_id in batch:
            item = endpoint["EventsItemResponse"][event_id]
            if item["Message"].lower() == "accepted":
                self.delivered(event_id)
            elif not 500 <= item["StatusCode"] <= 599:
                self.discard(event_id, item["Message"])
