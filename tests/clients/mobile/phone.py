"""What the models of the mobile clients share: a queue that outlives a crash, and a connection."""

import json
from abc import ABC, abstractmethod
from collections import Counter
from http.client import HTTPConnection, HTTPException
from typing import Any, ClassVar
from urllib.parse import quote

BATCH = 100  # events a request, in all of them
SDK_ATTEMPTS = 3  # the AWS SDK below the library tries a whole request so often
TIMEOUT_SECONDS = 60
SESSION = {"Id": "________-20260102-030400000", "StartTimestamp": "2026-01-02T03:04:00.000Z"}

Endpoint = dict[str, Any]
Event = dict[str, Any]


class OfflineError(Exception):
    """Nobody answered."""


class ServiceError(Exception):
    """The request as a whole was answered with an error."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Phone(ABC):
    """An app on a phone; what it has recorded is in `queue` until its library lets go of it."""

    endpoint: ClassVar[Endpoint]

    def __init__(self, url: str, application_id: str) -> None:
        self.url = url
        self.application_id = application_id
        self.endpoint_id = f"{type(self).__name__}-endpoint"
        self.queue: dict[str, Event] = {}
        self.retries: Counter[str] = Counter()
        self.discarded: dict[str, str] = {}
        self.sent: Counter[str] = Counter()
        self.recorded: list[str] = []

    def record(self, event_type: str, attributes: dict[str, str] | None = None) -> str:
        """Put an event into the queue; its id."""
        event_id = self.event_id(len(self.recorded) + 1)
        self.recorded.append(event_id)
        self.queue[event_id] = {
            "AppPackageName": "com.example",
            "AppTitle": "Example",
            "AppVersionCode": "12",
            "Attributes": attributes or {},
            "ClientSdkVersion": "2.0",
            "EventType": event_type,
            "SdkName": type(self).__name__,
            "Session": SESSION,
            "Timestamp": "2026-01-02T03:04:05.123Z",
        }
        return event_id

    @abstractmethod
    def event_id(self, number: int) -> str:
        """The id that the library gives its n-th event."""

    @abstractmethod
    def flush(self) -> None:
        """Do what the library does when it is time to send."""

    def delivered(self, event_id: str) -> None:
        """Let go of an event that the server took."""
        self.queue.pop(event_id, None)

    def discard(self, event_id: str, why: object) -> None:
        """Let go of an event that nobody took."""
        if self.queue.pop(event_id, None) is not None:
            self.discarded[event_id] = str(why)

    def oldest(self, count: int = BATCH) -> list[str]:
        """The ids of the next batch."""
        return list(self.queue)[:count]

    def put_events(self, event_ids: list[str]) -> dict[str, Any]:
        """Send a batch through the SDK; the Results of the answer."""
        self.sent.update(event_ids)
        events = {event_id: self.queue[event_id] for event_id in event_ids}
        body = {"BatchItem": {self.endpoint_id: {"Endpoint": self.endpoint, "Events": events}}}
        for attempt in range(1, SDK_ATTEMPTS + 1):
            status, error_type, answer = self._post(json.dumps(body))
            if status == 202:
                results: dict[str, Any] = json.loads(answer)["Results"]
                return results
            if attempt == SDK_ATTEMPTS or not (status == 429 or status >= 500):
                break
        raise ServiceError(status, error_type)

    def _post(self, body: str) -> tuple[int, str, bytes]:
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=TIMEOUT_SECONDS)
        path = f"/v1/apps/{quote(self.application_id)}/events"
        try:
            connection.request("POST", path, body, {"Content-Type": "application/x-amz-json-1.1"})
            response = connection.getresponse()
            return response.status, response.getheader("x-amzn-ErrorType", ""), response.read()
        except (OSError, HTTPException) as error:
            raise OfflineError from error
        finally:
            connection.close()
