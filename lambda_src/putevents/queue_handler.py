"""The queue door: an SQS batch in, the messages that stay on the queue out."""

from collections.abc import Callable
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents import init_phase, snap_start
from putevents.errors import (
    NotDeliveredError,
    NotTriedError,
    PartlyDeliveredError,
    RequestError,
    UnknownApplicationError,
    UnknownDestinationError,
)
from putevents.gateway import Gateway
from putevents.ingest import Submission, ingest
from putevents.ingest.submission import logged
from putevents.observability import Meter, annotate, concerning, logger, traced
from putevents.queue.messages import ReceivedMessage, as_of_arrival
from putevents.time_left import TimeLeft
from putevents.wire.body import parse
from putevents.wire.json_object import read_json
from putevents.wire.schemas import QueueMessage

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

Undelivered = tuple[ReceivedMessage, Exception]
Handler = Callable[[dict[str, Any], LambdaContext], "PartialItemFailureResponse"]


class QueueHandler:
    """Delivers batches of messages, one batch at a time."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self._meter = gateway, Meter()
        QueueMessage.model_rebuild()  # now, in Lambda's init phase

    def __call__(
        self, event: dict[str, Any], context: LambdaContext
    ) -> "PartialItemFailureResponse":
        """Deliver a batch; the answer names the messages that stay on the queue."""
        with traced("queue_messages"):
            return self._deliver(event, context)

    def _deliver(
        self, event: dict[str, Any], context: LambdaContext
    ) -> "PartialItemFailureResponse":
        started, time_left = perf_counter(), TimeLeft.of(context)
        messages = [ReceivedMessage(record) for record in SQSEvent(event).records]
        with traced("validate") as validating:
            parsed = [self._parse(message) for message in messages]
            submissions = [s for s in parsed if isinstance(s, Submission) and not s.failure]
            applications = dict.fromkeys(s.application_id for s in submissions)
            parts = [part for s in submissions for part in s.taken_apart]
            events = sum(part.request.event_count for part in parts)
            annotate(validating, ",".join(applications), events)
        ingest(self.gateway, parts, time_left)
        for whole in submissions:
            whole.put_together()
        duration_ms = round((perf_counter() - started) * 1000, 1)
        stay: list[Undelivered] = []
        waits: list[tuple[str, float]] = []  # by application, of what is held
        for message, submission in zip(messages, parsed, strict=True):
            error = submission if isinstance(submission, Exception) else submission.failure
            if error:
                with concerning([message.arrival.request_id]):
                    is_held = not self._dead_letter(message, submission, error, time_left)
                if is_held:
                    stay.append((message, error))
            else:
                assert isinstance(submission, Submission)  # noqa: S101 # it has no failure
                submission.log(
                    "queue_message", self._meter, message_id=message.id, duration_ms=duration_ms
                )
                is_held = submission.is_lacked
            if is_held:
                waits.append((_application_id(submission), message.arrival.age_seconds))
        if waits:
            # SQS's own age of the oldest message leaves out those received more than three times.
            self._meter.emit_waits(waits)
        if stay:
            with concerning(message.arrival.request_id for message, _ in stay):
                stay = self._postpone(stay, time_left)
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message, _ in stay]}

    def _postpone(self, stay: list[Undelivered], time_left: TimeLeft) -> list[Undelivered]:
        """Let messages wait, those that were not tried not at all; return those not replaced."""
        queue = self.gateway.retry_queue
        keep = NotTriedError, PartlyDeliveredError
        whole = [message for message, error in stay if not isinstance(error, keep)]
        if whole and queue.is_crowded(time_left):
            again = zip(whole, queue.send_again(whole, time_left), strict=True)
            replaced = {message.id for message, is_sent in again if is_sent}
            stay = [(message, error) for message, error in stay if message.id not in replaced]
        waiting = [
            (m.receipt_handle, 0 if isinstance(error, NotTriedError) else m.attempt)
            for m, error in stay
        ]
        if waiting:
            queue.postpone(waiting, time_left)
        return stay

    def _parse(self, message: ReceivedMessage) -> Submission | Exception:
        """Return the submission that a message holds, or why it holds none."""
        try:
            submission = self._enriched(message) or self._put_events(message)
        except Exception as error:  # it fails alone
            return error
        try:
            self.gateway.check_serves(submission.application_id)
            self.gateway.check_has_any(submission.destinations)
        except (UnknownApplicationError, UnknownDestinationError) as error:
            submission.failure = error
        return submission

    def _enriched(self, message: ReceivedMessage) -> Submission | None:
        """Return the submission of a message with enriched events; None for any other."""
        if '"EnrichedEvents"' not in message.body:
            return None
        # Loaded by the first of them: most cold starts are not for one.
        from putevents.ingest.enriched_message import enriched_message

        return enriched_message(message)

    def _put_events(self, message: ReceivedMessage) -> Submission:
        body = message.body
        parsed = parse(body, QueueMessage)
        orders, stored = as_of_arrival(parsed)
        return Submission(
            parsed.application_id,
            parsed.events_request,
            len(body),
            message.arrival,
            raw=lambda: dict(read_json(body)["EventsRequest"]),
            attempt=message.attempt,
            queued_at=message.queued_at,
            is_message=True,
            has_waited=message.has_waited,
            orders=orders,
            stored=stored,
            destinations=message.destinations,
        )

    def _dead_letter(
        self,
        message: ReceivedMessage,
        submission: Submission | Exception,
        error: Exception,
        time_left: TimeLeft,
    ) -> bool:
        """Dead-letter a message for which no later attempt is due; return whether SQS has it."""
        if not isinstance(error, RequestError | NotDeliveredError):
            logger.exception("failed", exc_info=error, message_id=message.id)
        reason, attempt = _reason(error), message.attempt
        is_hopeless = isinstance(error, RequestError) and not error.retry
        gives_up = not isinstance(error, NotTriedError) and self.gateway.retry_queue.gives_up(
            attempt, message.queued_at
        )
        if gives_up and not is_hopeless:
            reason = f"Given up after attempt {attempt}: {reason}"
        is_dead = False
        if is_hopeless or gives_up:
            is_dead = self._send_to_dead_letters(message, submission, reason, time_left)
        text = "message is a dead letter" if is_dead else "message stays"
        named: Any = _named(message, submission, is_dead)
        if message.destinations:
            named["destinations"] = message.destinations
        logger.warning(
            text,
            application_id=_application_id(submission),
            message_id=message.id,
            reason=reason,
            attempt=attempt,
            **named,
        )
        return is_dead

    def _send_to_dead_letters(
        self,
        message: ReceivedMessage,
        submission: Submission | Exception,
        reason: str,
        time_left: TimeLeft,
    ) -> bool:
        """Send what nobody has of a message: all of it as it came, unless a part was settled."""
        queue = self.gateway.retry_queue
        if isinstance(submission, Submission) and submission.left:
            rests, raw = submission.left
            whole = submission.rest
            # What was rejected goes along with a rest for the same destinations, if there is one.
            same = [rest for rest in rests if rest.destinations == whole.destinations]
            if raw and not same:
                same = [whole._replace(batch_item={})]
                rests = [*same, *rests]
            sent = [
                queue.dead_letter(rest, raw if rest in same else {}, reason, time_left)
                for rest in rests
            ]
            return all(sent)
        return queue.dead_letter_whole(
            message.body,
            message.arrival,
            message.attempt,
            reason,
            time_left,
            message.destinations,
        )


def _application_id(parsed: Submission | Exception) -> str:
    """Return the application of a message; nothing for what a producer may have made up."""
    if isinstance(parsed, Exception) or isinstance(parsed.failure, UnknownApplicationError):
        return ""
    return parsed.application_id


def _named(
    message: ReceivedMessage, parsed: Submission | Exception, is_dead: bool
) -> dict[str, list[str]]:
    """Return the events' ids, when they begin to wait and when they are dead, not each time."""
    if isinstance(parsed, Exception) or (message.has_waited and not is_dead):
        return {}
    return {"dead" if is_dead else "undelivered": logged(parsed.left_ids)}


def _reason(error: Exception) -> str:
    """Return what a person reads on a dead letter; nothing of a bug's text, which may hold data."""
    is_ours = isinstance(error, RequestError | NotDeliveredError)
    return str(error) if is_ours else type(error).__name__


def make_handler(gateway: Gateway) -> Handler:
    """Return a handler for a gateway; threads need one each."""
    return QueueHandler(gateway)


@cache
def _handler() -> Handler:
    return make_handler(Gateway.load())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> "PartialItemFailureResponse":
    """Deliver a batch of messages, as the gateway of the environment."""
    return _handler()(event, context)


if init_phase.is_on():
    _handler()
    snap_start.register()
    logger.info("started", init_ms=init_phase.end())
