"""A model of amplify-swift's queue.

Mirrors InternalAWSPinpoint's EventRecorder.swift and AnalyticsEventSQLStorage.swift
(aws-amplify/amplify-swift, 1973345): submitAllEvents, processBatch, submit, handleError,
removeFailedEvents.
"""

from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from tests.clients.mobile.phone import Endpoint, OfflineError, Phone, ServiceError

MAX_RETRIES = 3
MAX_BATCHES_A_FLUSH = 50  # more is the endless recursion that an incomplete answer leads to


class AmplifySwift(Phone):
    """Sends batch after batch until none is left, or until nothing of a flush was accepted."""

    endpoint: ClassVar[Endpoint] = {
        "Attributes": {},
        "Demographic": {"Make": "apple", "Model": "iPhone", "Platform": "iOS"},
        "EffectiveDate": "2026-01-02T03:04:05.123Z",
        "Location": {},
        "Metrics": {},
        "User": {},
    }

    def event_id(self, number: int) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.application_id}/{number}")).upper()

    def flush(self) -> None:
        accepted: list[str] = []
        for _ in range(MAX_BATCHES_A_FLUSH):
            batch = self.oldest()
            if not batch:
                return
            goes_on = self._submit(batch, accepted)
            self._remove_failed()
            if not goes_on:
                return
        raise RecursionError("the same events are sent for ever")

    def _submit(self, batch: list[str], accepted: list[str]) -> bool:
        try:
            results = self.put_events(batch)
        except OfflineError:
            return False  # retried indefinitely
        except ServiceError as error:
            for event_id in batch:  # none of Pinpoint's errors is modeled as retryable
                self.discard(event_id, error)
            return False
        items = {
            event_id: item
            for endpoint in results.values()
            for event_id, item in (endpoint.get("EventsItemResponse") or {}).items()
            if event_id in batch
        }
        for event_id, item in items.items():
            if item["StatusCode"] == 202 and item["Message"] == "Accepted":
                accepted.append(event_id)
                self.delivered(event_id)
            elif item["StatusCode"] == 400:
                self.discard(event_id, item["Message"])
            else:
                self.retries[event_id] += 1
        return bool(accepted)

    def _remove_failed(self) -> None:
        for event_id in self.oldest(len(self.queue)):
            if self.retries[event_id] > MAX_RETRIES:
                self.discard(event_id, "too many retries")
