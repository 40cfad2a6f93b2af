"""A model of aws-sdk-ios's queue.

Mirrors AWSPinpointEventRecorder.m (aws-amplify/aws-sdk-ios, 2.38.1): submitEvents, putEvents,
processEventsResponse, isRetryable, and the update of the database after each batch.
"""

from typing import ClassVar
from uuid import NAMESPACE_URL, uuid5

from tests.clients.mobile.phone import Endpoint, OfflineError, Phone, ServiceError

MAX_RETRIES = 3
MAX_BATCHES_A_FLUSH = 50
NOT_RETRYABLE = {"SerializationException", "BadRequestException", "ValidationException"}


class AwsSdkIos(Phone):
    """Sends batch after batch until none is left, so that its retries follow at once.

    It goes by the text of an item alone; even a 400 is tried again until its retries are used up.
    """

    endpoint: ClassVar[Endpoint] = {
        "Attributes": {},
        "ChannelType": "APNS",
        "Demographic": {"Make": "apple", "Model": "iPhone", "Platform": "iOS"},
        "EffectiveDate": "2026-01-02T03:04:05.123Z",
        "Location": {},
        "Metrics": {},
        "OptOut": "ALL",
    }

    def event_id(self, number: int) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.application_id}/{number}")).upper()

    def flush(self) -> None:
        for _ in range(MAX_BATCHES_A_FLUSH):
            batch = self.oldest()
            if not batch or not self._submit(batch):
                return
        raise RecursionError("the same events are sent for ever")

    def _submit(self, batch: list[str]) -> bool:
        failure: OfflineError | ServiceError | None = None
        try:
            results = self.put_events(batch)
        except (OfflineError, ServiceError) as error:
            failure, results = error, {}
        items = results.get(self.endpoint_id, {}).get("EventsItemResponse") or {}
        for event_id in batch:
            message = (
                failure.code
                if isinstance(failure, ServiceError)
                else items.get(event_id, {}).get("Message")
            )
            if message == "Accepted":
                self.delivered(event_id)
            elif message in NOT_RETRYABLE:
                self.discard(event_id, message)
            else:
                self._count_retry(event_id)
        return failure is None

    def _count_retry(self, event_id: str) -> None:
        self.retries[event_id] += 1
        if self.retries[event_id] > MAX_RETRIES:
            self.discard(event_id, "too many retries")
