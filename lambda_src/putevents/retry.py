"""What could not be delivered: back on the queue for later, or to the dead letters for a person."""

import json
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from putevents.arrival import Arrival
from putevents.observability import logger
from putevents.schemas import ValidBatch
from putevents.settings import Settings
from putevents.split import split

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# SQS takes 1 MiB a message, its attributes included; 2 KiB are left for them and the wrapper.
MAX_MESSAGE_BYTES = 1024 * 1024 - 2048
MAX_MESSAGE_ITEMS = 1000
MAX_DELAY_SECONDS = 900
# A queue that hangs is not asked for each piece: there must be time left to say 500.
_BUDGET_SECONDS = 3.0
ATTEMPT = "Attempt"
REASON = "Reason"
REQUEST_ID = "RequestId"
ARRIVAL_TIMESTAMP = "ArrivalTimestamp"


class RetryQueue:
    """The queue that feeds the queue door, and the dead-letter queue behind it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _client(self) -> "SQSClient":
        # Made when first needed: a gateway whose destination is well never pays for it.
        import boto3
        from botocore.config import Config

        config = Config(
            parameter_validation=False,
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        client: SQSClient = boto3.client("sqs", config=config)
        return client

    def delay(self, attempt: int) -> int:
        """Seconds to wait before attempt number `attempt + 1`."""
        growth: int = 4 ** (attempt - 1)
        return min(MAX_DELAY_SECONDS, self._settings.retry_delay_seconds * growth)

    def queue(
        self,
        application_id: str,
        batch_item: dict[str, ValidBatch],
        arrival: Arrival,
        attempt: int = 1,
    ) -> list[dict[str, ValidBatch]]:
        """Queue valid parts for a later attempt; returns those that the queue did not take."""
        refused = []
        deadline = monotonic() + _BUDGET_SECONDS
        limit = MAX_MESSAGE_BYTES - len(application_id)
        for piece in split(batch_item, max_items=MAX_MESSAGE_ITEMS, max_bytes=limit):
            message = {
                "QueueUrl": self._settings.retry_queue_url,
                "MessageBody": _body(application_id, piece.wire.decode()),
                "DelaySeconds": self.delay(attempt),
                "MessageAttributes": {ATTEMPT: _number(attempt), **_attributes(arrival)},
            }
            if monotonic() > deadline or not self._send(message):
                refused.append(piece.batch_item)
        return refused

    def bury(
        self, application_id: str, raw_batch_item: dict[str, Any], reason: str, arrival: Arrival
    ) -> bool:
        """Put parts as they came with the dead letters, with the reason; says whether it held."""
        wire = json.dumps({"BatchItem": raw_batch_item})
        text = reason.encode("unicode_escape").decode()[:256] or "unknown"
        return self._send(
            {
                "QueueUrl": self._settings.dead_letter_queue_url,
                "MessageBody": _body(application_id, wire),
                "MessageAttributes": {REASON: _string(text), **_attributes(arrival)},
            }
        )

    def postpone(self, receipt_handle: str, attempt: int) -> None:
        """Let a message that failed as a whole wait longer each time before it is seen again."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._settings.retry_queue_url,
                ReceiptHandle=receipt_handle,
                VisibilityTimeout=self.delay(attempt),
            )
        except Exception as error:
            # The queue's own visibility timeout holds then; the message is safe either way.
            logger.warning("message not postponed", error=type(error).__name__)

    def _send(self, message: dict[str, Any]) -> bool:
        try:
            self._client.send_message(**message)
        except Exception as error:
            # Whatever went wrong, the queue did not confirm, and the caller must say so.
            logger.error("message not queued", error=type(error).__name__)
            return False
        return True


def _attributes(arrival: Arrival) -> dict[str, dict[str, str]]:
    return {
        REQUEST_ID: _string(arrival.request_id),
        ARRIVAL_TIMESTAMP: _number(arrival.timestamp),
    }


def _string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}


def _number(value: int) -> dict[str, str]:
    return {"DataType": "Number", "StringValue": str(value)}


def _body(application_id: str, wire: str) -> str:
    text = f'{{"ApplicationId":{json.dumps(application_id)},"EventsRequest":{wire}}}'
    # The two characters of JSON text that SQS refuses in a message.
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
