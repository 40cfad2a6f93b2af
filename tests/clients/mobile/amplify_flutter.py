"""A model of amplify-flutter's queue.

Mirrors amplify_analytics_pinpoint_dart's event_client.dart (aws-amplify/amplify-flutter, d8a895d):
_flushEvents and its handling of exceptions.
"""

from typing import ClassVar

from tests.clients.mobile.phone import Endpoint, OfflineError, Phone, ServiceError

MAX_RETRIES = 3


class AmplifyFlutter(Phone):
    """Sends a batch a flush and deletes all of it, but for what it has a reason to keep."""

    endpoint: ClassVar[Endpoint] = {
        "Attributes": {},
        "Demographic": {"Locale": "en_US", "Platform": "android"},
        "EffectiveDate": "2026-01-02T03:04:05.123456Z",
        "Location": {"Country": "US"},
        "Metrics": {},
    }

    def event_id(self, number: int) -> str:
        return str(number)  # of the local database, the same on each phone

    def flush(self) -> None:
        batch = self.oldest()
        if not batch:
            return
        try:
            results = self.put_events(batch)
        except OfflineError:
            return
        except ServiceError as error:
            kept = self._kept(batch) if error.status >= 500 else set()
            for event_id in set(batch) - kept:
                self.discard(event_id, error)
            return
        items = results.get(self.endpoint_id, {}).get("EventsItemResponse") or {}
        failed = [i for i, item in items.items() if item["Message"].lower() != "accepted"]
        retryable = [i for i in failed if 500 <= items[i]["StatusCode"] <= 599]
        kept = self._kept(retryable)
        for event_id in items:
            _ = self.queue[event_id]  # `eventsToSend[eventId]!`: an id too many is a crash
        for event_id in set(failed) - kept:
            self.discard(event_id, items[event_id]["Message"])
        for event_id in set(batch) - kept:
            self.delivered(event_id)  # or so it believes of what the answer lacks

    def _kept(self, event_ids: list[str]) -> set[str]:
        self.retries.update(event_ids)
        return {event_id for event_id in event_ids if self.retries[event_id] <= MAX_RETRIES}
