"""What could not be delivered: back on the queue for later, or to the dead letters for a person."""

from collections.abc import Sequence
from functools import cached_property
from random import uniform
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from putevents.observability import logger
from putevents.queue.messages import NewMessage, attributes, packs, raw_bodies, valid_pieces
from putevents.settings import Settings
from putevents.time_left import time_left
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import ValidBatch

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Half a minute, two, eight, half an hour, then an hour each, of which 14 to 28 hours come together.
MAX_ATTEMPTS = 32
MAX_WAIT_SECONDS = 3600
MAX_DELAY_SECONDS = 900  # what SQS lets a new message wait
# A queue that hangs is not asked for each batch: there must be time left to say 500.
_BUDGET_SECONDS = 3.0


class Rest(NamedTuple):
    """Valid parts that were tried so often, and when they came in."""

    application_id: str
    batch_item: dict[str, ValidBatch]
    arrival: Arrival
    attempt: int = 1


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
            connect_timeout=1,  # with the next two: within time_left.QUEUEING_SECONDS
            read_timeout=3,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        client: SQSClient = boto3.client("sqs", config=config)
        return client

    def wait(self, attempt: int) -> int:
        """Seconds until attempt number `attempt + 1`: longer each time, and never for all alike."""
        growth: int = 4 ** (min(attempt, 9) - 1)
        longest = min(MAX_WAIT_SECONDS, self._settings.retry_delay_seconds * growth)
        return round(uniform(longest / 2, longest))  # noqa: S311 # nobody gains by guessing it

    def queue(self, rests: Sequence[Rest]) -> list[list[dict[str, ValidBatch]]]:
        """Queue rests for a later attempt; of each, the pieces that the queue did not take."""
        messages, pieces = [], []
        for number, rest in enumerate(rests):
            wait = min(MAX_DELAY_SECONDS, self.wait(rest.attempt))
            for piece, body in valid_pieces(rest.application_id, rest.batch_item):
                messages.append(NewMessage(body, attributes(rest.arrival, rest.attempt), wait))
                pieces.append((number, piece))
        refused: list[list[dict[str, ValidBatch]]] = [[] for _ in rests]
        taken = self._send(self._settings.retry_queue_url, messages)
        for is_taken, (number, piece) in zip(taken, pieces, strict=True):
            if not is_taken:
                refused[number].append(piece)
        return refused

    def bury(
        self, application_id: str, raw: dict[str, Any], reason: str, arrival: Arrival, attempt: int
    ) -> bool:
        """Put parts as they came with the dead letters, with the reason; says whether it held."""
        return self._bury(raw_bodies(application_id, raw), attributes(arrival, attempt, reason))

    def bury_whole(self, body: str, reason: str, arrival: Arrival, attempt: int) -> bool:
        """Put a message as it came with the dead letters, as bury does."""
        return self._bury([body], attributes(arrival, attempt, reason))

    def postpone(self, waiting: Sequence[tuple[str, int]]) -> None:
        """Let messages that failed whole, by receipt handle and attempt, be seen again later."""
        if not time_left.is_enough_to_queue():
            return
        entries: Any = [
            {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": self.wait(attempt)}
            for number, (handle, attempt) in enumerate(waiting)
        ]
        url = self._settings.retry_queue_url
        try:
            answer = self._client.change_message_visibility_batch(QueueUrl=url, Entries=entries)
        except Exception as error:
            # The queue's own visibility timeout holds then; the messages are safe either way.
            logger.warning("messages not postponed", error=type(error).__name__)
        else:
            if failed := answer.get("Failed"):
                logger.warning("messages not postponed", error=failed[0]["Code"], count=len(failed))

    def _bury(self, bodies: Any, found: Any) -> bool:
        messages = [NewMessage(body, found) for body in bodies]
        return all(self._send(self._settings.dead_letter_queue_url, messages))

    def _send(self, url: str, messages: list[NewMessage]) -> list[bool]:
        """Send messages in as few calls as SQS allows; which of them it confirmed."""
        taken, deadline = [False] * len(messages), monotonic() + _BUDGET_SECONDS
        for numbers in packs(messages):
            if monotonic() > deadline or not time_left.is_enough_to_queue():
                logger.error("messages not queued", error="out of time")
                break
            try:
                sent = self._send_pack(url, {str(n): messages[n] for n in numbers})
            except Exception as error:
                # Whatever went wrong, the queue did not confirm, and the caller must say so.
                logger.error("messages not queued", error=type(error).__name__)
                continue
            for number in numbers:
                taken[number] = str(number) in sent
        return taken

    def _send_pack(self, url: str, pack: dict[str, NewMessage]) -> set[str]:
        """The ids that SQS confirmed."""
        if len(pack) == 1:
            [(only, message)] = pack.items()
            self._client.send_message(QueueUrl=url, **message.parameters)
            return {only}
        entries: Any = [{"Id": id, **message.parameters} for id, message in pack.items()]
        answer = self._client.send_message_batch(QueueUrl=url, Entries=entries)
        for failed in answer.get("Failed", [])[:1]:
            count = len(answer["Failed"])
            logger.error("messages not queued", error=failed["Code"], count=count)
        return {sent["Id"] for sent in answer.get("Successful", [])}
