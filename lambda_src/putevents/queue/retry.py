"""Sends what could not be delivered back to the queue, or to the dead letters for a person."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from random import uniform
from time import monotonic
from typing import TYPE_CHECKING, Any

from putevents.observability import logger
from putevents.queue.messages import (
    MAX_BYTES,
    OVERHEAD_BYTES,
    NewMessage,
    ReceivedMessage,
    Rest,
    attributes,
    has_room,
    raw_bodies,
    valid_pieces,
)
from putevents.settings import Settings
from putevents.time_left import QUEUEING_SECONDS, TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import ValidBatch
from putevents.wire.split import batches

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# Half a minute, two, eight, half an hour, two hours, then two and a half each, until four days are
# over: tests/faults/outage.py shows what that does.
MAX_WAIT_SECONDS = 9000
GIVE_UP_SECONDS = 4 * 24 * 3600
MIN_ATTEMPTS = 32  # all there are where there is no wait between them
# SQS hands out no message of a queue of which 120,000 are received and not deleted, so when so many
# are hidden, others are sent anew with a delay instead, which SQS does not count.
MAX_HIDDEN = 100_000
_HIDDEN: "QueueAttributeNameType" = "ApproximateNumberOfMessagesNotVisible"
MAX_DELAY_SECONDS = 900  # what SQS lets a new message wait
MAX_BATCH_ENTRIES = 10
# A queue that hangs is not asked for each batch: there must be time left to say 500.
_BUDGET_SECONDS = 3.0
_CALL_SECONDS = QUEUEING_SECONDS - 1.0  # the rest is for the answer


class RetryQueue:
    """The queue that feeds the queue door, and the dead-letter queue behind it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _client(self) -> "SQSClient":
        # Made when first needed: a gateway whose destination is well never pays for it.
        import boto3
        from botocore.config import Config

        from putevents.call_deadline import with_deadline

        config = Config(
            parameter_validation=False,
            connect_timeout=1,
            read_timeout=3,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        client: SQSClient = with_deadline(boto3.client("sqs", config=config), _CALL_SECONDS)
        return client

    def wait(self, attempt: int) -> int:
        """Return the seconds until attempt number `attempt + 1`: longer each time, and random.

        Attempt 0 was none; the first may be at once.
        """
        if attempt < 1:
            return 0
        growth: int = 4 ** (min(attempt, 9) - 1)
        longest = min(MAX_WAIT_SECONDS, self._settings.retry_delay_seconds * growth)
        return round(uniform(longest * 0.75, longest))  # noqa: S311 # nobody gains by guessing it

    def gives_up(self, attempt: int, queued_at: int) -> bool:
        """Whether no other attempt is due, for what came to the queue at that time."""
        seconds = GIVE_UP_SECONDS if self._settings.retry_delay_seconds else 0
        return attempt >= MIN_ATTEMPTS and Arrival("", queued_at).age_seconds >= seconds

    def queue(
        self, rests: Sequence[Rest], time_left: TimeLeft
    ) -> list[list[dict[str, ValidBatch]]]:
        """Queue rests for a later attempt; of each, return the pieces that were not queued."""
        messages, pieces = [], []
        for number, rest in enumerate(rests):
            wait = min(MAX_DELAY_SECONDS, self.wait(rest.attempt))
            for piece, body in valid_pieces(rest.application_id, rest.batch_item):
                found = attributes(
                    rest.arrival,
                    rest.attempt,
                    queued_at=rest.queued_at,
                    destinations=rest.destinations,
                )
                messages.append(NewMessage(body, found, wait))
                pieces.append((number, piece))
        not_queued: list[list[dict[str, ValidBatch]]] = [[] for _ in rests]
        sent = self._send(self._settings.retry_queue_url, messages, time_left)
        for is_sent, (number, piece) in zip(sent, pieces, strict=True):
            if not is_sent:
                not_queued[number].append(piece)
        return not_queued

    def dead_letter(
        self, rest: Rest, raw: dict[str, Any], reason: str, time_left: TimeLeft
    ) -> bool:
        """Dead-letter a rest and raw parts beside it; return whether SQS has them all.

        The rest says whose they are, when they came and how often they were tried.
        """
        bodies = [body for _, body in valid_pieces(rest.application_id, rest.batch_item)]
        if raw:
            bodies += raw_bodies(rest.application_id, raw)
        return self._dead_letter(bodies, rest, reason, time_left)

    def dead_letter_whole(
        self,
        body: str,
        arrival: Arrival,
        attempt: int,
        reason: str,
        time_left: TimeLeft,
        destinations: tuple[str, ...] = (),
    ) -> bool:
        """Dead-letter a message as it came, as `dead_letter` does."""
        rest = Rest("", {}, arrival, attempt, destinations=destinations)
        return self._dead_letter([body], rest, reason, time_left)

    def is_crowded(self, time_left: TimeLeft) -> bool:
        """Whether so many messages are hidden that no more should be; False if SQS does not say."""
        if not time_left.is_enough_to_queue():
            return False
        url = self._settings.retry_queue_url
        try:
            answer = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[_HIDDEN])
            return int(answer["Attributes"][_HIDDEN]) > MAX_HIDDEN
        except Exception as error:
            logger.warning("hidden messages not counted", error=type(error).__name__)
            return False

    def send_again(
        self, messages: Sequence[ReceivedMessage], time_left: TimeLeft
    ) -> Sequence[bool]:
        """Send messages that failed whole anew; return for each whether SQS has the new one."""
        again = [
            m.again._replace(delay_seconds=min(MAX_DELAY_SECONDS, self.wait(m.attempt)))
            for m in messages
        ]
        return self._send(self._settings.retry_queue_url, again, time_left)

    def postpone(self, waiting: Sequence[tuple[str, int]], time_left: TimeLeft) -> None:
        """Hide messages that failed whole, given by receipt handle and attempt, for a while."""
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

    def _dead_letter(
        self, bodies: Iterable[str], rest: Rest, reason: str, time_left: TimeLeft
    ) -> bool:
        found = attributes(rest.arrival, rest.attempt, reason, destinations=rest.destinations)
        messages = [NewMessage(body, found if has_room(body, found) else {}) for body in bodies]
        return all(self._send(self._settings.dead_letter_queue_url, messages, time_left))

    def _send(self, url: str, messages: list[NewMessage], time_left: TimeLeft) -> list[bool]:
        """Send messages in as few calls as SQS allows; return for each whether it was confirmed."""
        taken, deadline = [False] * len(messages), monotonic() + _BUDGET_SECONDS
        for numbers in _numbers_of_calls(messages):
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
        """Return the ids that SQS confirmed."""
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


def _numbers_of_calls(messages: Sequence[NewMessage]) -> Iterable[list[int]]:
    """Group the messages' numbers by the call that sends them."""
    return batches(
        range(len(messages)),
        lambda number: len(messages[number].body.encode()) + OVERHEAD_BYTES,
        max_size=MAX_BYTES,
        max_count=MAX_BATCH_ENTRIES,
    )
