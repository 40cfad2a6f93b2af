"""Both doors with a destination and a queue that do as a test says."""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents.api_handler import ApiHandler
from putevents.breaker import Breaker
from putevents.errors import DestinationError
from putevents.gateway import Follower, Gateway
from putevents.queue.messages import NewMessage, ReceivedMessage, Rest
from putevents.queue.retry import RetryQueue
from putevents.queue_handler import QueueHandler
from putevents.settings import Settings
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.schemas import EndpointResponse, ItemResponse, ValidBatch

ENVIRONMENT = {
    "DESTINATION": "pinpoint",
    "APPLICATION_IDS": "my-app,other-app",
    "RETRY_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/retry",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/dead",
    "ENDPOINT_READS": "true",
    "CORS_ORIGINS": "https://app.example.com,https://www.example.com",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
}

ARRIVAL = Arrival("request-1", 1_764_054_000_123)
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}


class Context(LambdaContext):
    """What Powertools reads of a Lambda context."""

    _aws_request_id = "invocation"
    _function_name = "function"
    _memory_limit_in_mb = 1024
    _invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
    seconds_left = 28.0

    @classmethod
    def get_remaining_time_in_millis(cls) -> int:
        return int(cls.seconds_left * 1000)


class LateContext(Context):
    """Of an invocation that is about to be killed."""

    seconds_left = 1.0


def nearly_over() -> TimeLeft:
    """What is left of such an invocation."""
    return TimeLeft.of(LateContext())


@dataclass
class FakeDestination:
    """Answers an event by `codes[event id]`, 202 unless told; None leaves it out of the answer."""

    codes: dict[str, int | None] = field(default_factory=dict)
    endpoint_code: int | None = 202
    endpoint_codes: dict[str, int | None] = field(default_factory=dict)  # by endpoint id
    is_down: bool = False  # raises
    delivered: list[tuple[str, str, str]] = field(default_factory=list)
    updated: list[tuple[str, str]] = field(default_factory=list)  # endpoints that were accepted
    endpoints: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stored: dict[str, EndpointResponse] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)  # of each, how many endpoints
    takes_endpoints: bool = True
    tells_endpoints: bool = True
    keeps_rejected: bool = False
    forgotten_ids: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)  # which of them were forgotten
    rejected: list[tuple[str, RejectedPart]] = field(default_factory=list)

    def deliver(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> dict[str, ItemResponse]:
        answers: dict[str, Any] = {}
        if self.is_down:
            raise OSError
        assert arrivals.keys() == batch_item.keys()
        self.arrivals += dict.fromkeys(arrivals.values())
        self.calls.append(len(batch_item))
        for endpoint_id, batch in batch_item.items():
            answers[endpoint_id] = {"EventsItemResponse": {}}
            endpoint = json.loads(batch.endpoint.wire) if batch.endpoint else {}
            self.endpoints.append((endpoint_id, endpoint))
            code = self.endpoint_codes.get(endpoint_id, self.endpoint_code)
            if code is not None:
                answers[endpoint_id]["EndpointItemResponse"] = self._answer(code)
            if code == 202 and batch.endpoint is not None:
                self.updated.append((application_id, endpoint_id))
            for event_id in batch.events:
                code = self.codes.get(event_id, 202)
                if code == 202:
                    self.delivered.append((application_id, endpoint_id, event_id))
                if code is not None:
                    answers[endpoint_id]["EventsItemResponse"][event_id] = self._answer(code)
        return answers

    def forgotten(
        self,
        application_id: str,
        waiting: dict[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        self.asked += waiting
        if self.is_down:
            raise DestinationError
        return self.forgotten_ids & set(waiting)

    def keep_rejected(
        self,
        application_id: str,
        rejected: list[RejectedPart],
        arrival: Arrival,
        time_left: TimeLeft,
    ) -> bool:
        self.rejected += [(application_id, part) for part in rejected]
        return self.keeps_rejected

    def get_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        return self.stored.get(endpoint_id)

    def delete_endpoint(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        return self.stored.pop(endpoint_id, None)

    def get_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        return [e for e in self.stored.values() if e["User"]["UserId"] == user_id]

    def delete_user_endpoints(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        return [self.stored.pop(e["Id"]) for e in self.get_user_endpoints(application_id, user_id)]

    @staticmethod
    def _answer(code: int) -> dict[str, Any]:
        return ACCEPTED if code == 202 else {"StatusCode": code, "Message": f"code {code}"}


@dataclass
class FakeQueue:
    """Takes everything until `broken`; what it holds is for the test to look at."""

    broken: bool = False
    queued: list[tuple[str, dict[str, ValidBatch], int]] = field(default_factory=list)
    dead_letters: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    dead_whole: list[tuple[str, str, int]] = field(default_factory=list)
    dead_valid: list[dict[str, ValidBatch]] = field(default_factory=list)  # beside the raw parts
    postponed: list[tuple[str, int]] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    crowded: bool = False
    queued_at: list[int] = field(default_factory=list)
    sent_again: list[NewMessage] = field(default_factory=list)
    towards: list[tuple[str, ...]] = field(default_factory=list)  # of each that is queued
    dead_towards: list[tuple[str, ...]] = field(default_factory=list)  # of each dead letter

    def queue(
        self, rests: Sequence[Rest], time_left: TimeLeft
    ) -> list[list[dict[str, ValidBatch]]]:
        if self.broken:
            return [[rest.batch_item] for rest in rests]
        for rest in rests:
            self.queued.append((rest.application_id, rest.batch_item, rest.attempt))
            self.arrivals.append(rest.arrival)
            self.queued_at.append(rest.queued_at)
            self.towards.append(rest.destinations)
        return [[] for _ in rests]

    def dead_letter(
        self, rest: Rest, raw: dict[str, Any], reason: str, time_left: TimeLeft
    ) -> bool:
        self.dead_letters.append((rest.application_id, raw, reason))
        self.dead_valid.append(rest.batch_item)
        self.dead_towards.append(rest.destinations)
        return not self.broken

    def dead_letter_whole(
        self,
        body: str,
        arrival: Arrival,
        attempt: int,
        reason: str,
        time_left: TimeLeft,
        destinations: tuple[str, ...] = (),
    ) -> bool:
        if not self.broken:
            self.dead_whole.append((body, reason, attempt))
            self.dead_towards.append(destinations)
        return not self.broken

    def gives_up(self, attempt: int, queued_at: int) -> bool:
        return RetryQueue(settings()).gives_up(attempt, queued_at)

    def is_crowded(self, time_left: TimeLeft) -> bool:
        return self.crowded

    def send_again(
        self, messages: Sequence[ReceivedMessage], time_left: TimeLeft
    ) -> Sequence[bool]:
        if self.broken:
            return [False] * len(messages)
        self.sent_again += [message.again for message in messages]
        return [True] * len(messages)

    def postpone(self, waiting: Sequence[tuple[str, int]], time_left: TimeLeft) -> None:
        self.postponed += waiting

    @property
    def events(self) -> list[tuple[str, str, str]]:
        return [
            (application_id, endpoint_id, event_id)
            for application_id, batch_item, _ in self.queued
            for endpoint_id, batch in batch_item.items()
            for event_id in batch.events
        ]


def http_event(
    body: Any,
    path: str = "/v1/apps/my-app/events",
    method: str = "POST",
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A REST proxy event as API Gateway sends it with binary media types on."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
    text = b64encode(data if data is not None else json.dumps(body).encode()).decode()
    headers = {"Host": "api.example.com", **(headers or {})}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"requestId": "request-1", "stage": "v1", "path": path},
        "body": text,
        "isBase64Encoded": True,
    }


def sqs_record(
    body: Any,
    message_id: str = "m1",
    received: int = 1,
    sent: int = 1_764_054_000_001,
    **attributes: Any,
) -> Any:
    """An SQS record as the event source mapping sends it."""
    return {
        "messageId": message_id,
        "receiptHandle": f"receipt-{message_id}",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {"ApproximateReceiveCount": str(received), "SentTimestamp": str(sent)},
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "Number"} for name, value in attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:retry",
        "awsRegion": "us-east-1",
    }


def settings(**changes: str) -> Settings:
    return Settings.load({**ENVIRONMENT, **changes})


class Doors:
    """Both doors of one gateway."""

    def __init__(self, destination: Any, queue: Any, **changes: str) -> None:
        self._open(Gateway(settings(**changes), destination, queue, Breaker(seconds=30)))

    def _open(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.api, self.queue = ApiHandler(gateway), QueueHandler(gateway)
        self.request_context: dict[str, Any] = {}  # more of it, for each request

    def answer(self, event: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers of the answer to an API Gateway event."""
        event["requestContext"] |= self.request_context
        response = self.api(event, Context())
        headers = {name: values[0] for name, values in response["multiValueHeaders"].items()}
        return response["statusCode"], json.loads(response["body"] or "null"), headers

    def call(self, method: str, path: str, body: Any = "") -> tuple[int, Any]:
        """Status and body of the answer to a request."""
        status, answered, _ = self.answer(http_event(body, path, method))
        return status, answered

    def put_events(self, body: Any, **others: Any) -> Any:
        """The results for a request that is answered 202."""
        status, answered, headers = self.answer(http_event(body, **others))
        assert (status, headers["Content-Type"]) == (202, "application/json")
        return answered["Results"]

    def stay(self, *records: Any) -> list[str]:
        """The ids of the messages that stay on the queue."""
        answer = self.queue({"Records": list(records)}, Context())
        return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


class FollowedDoors(Doors):
    """Both doors of a gateway with several destinations, given by name; the first is home."""

    def __init__(self, destinations: dict[str, Any], queue: Any) -> None:
        (_, home), *others = destinations.items()
        names = ",".join(destinations)
        follows = [Follower(name, it, Breaker(30, destination=name)) for name, it in others]
        gateway = Gateway(settings(DESTINATION=names), home, queue, Breaker(30), tuple(follows))
        self._open(gateway)
