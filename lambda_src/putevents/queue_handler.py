"""Door 2: an SQS batch in, batchItemFailures out."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents import gateway
from putevents.ingest.deliver import deliver, join
from putevents.ingest.rejected import keep_rejected, refused_part
from putevents.ingest.settle import settle
from putevents.ingest.validate import judge
from putevents.observability import annotate, emit_wait, logger, tracer
from putevents.queue.received import Message
from putevents.queue.retry import MAX_ATTEMPTS, Rest
from putevents.settings import settings
from putevents.time_left import time_left
from putevents.wire.body import BadRequestError, parse, read_json
from putevents.wire.schemas import QueueMessage

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> "PartialItemFailureResponse":
    """Deliver a batch of messages; the answer names those that stay on the queue."""
    time_left.begin(context)
    started = perf_counter()
    messages = [Message(record) for record in SQSEvent(event).records]
    _each(messages, _judge)
    for call in join(message for message in messages if message.good):
        deliver(call)
    _each(messages, _settle)
    _each(messages, _keep_refused)
    _requeue_rests([m for m in messages if m.report.undelivered and not m.failure])
    for message in messages:
        _finish(message, round((perf_counter() - started) * 1000, 1))
    stay = [message for message in messages if message.failure and not message.is_buried]
    if stay:
        # SQS's own age of the oldest message leaves out what was received more than three times.
        emit_wait(max(message.arrival.age_seconds for message in stay))
        gateway.retry_queue.postpone([(m.record.receipt_handle, m.attempt) for m in stay])
    return {"batchItemFailures": [{"itemIdentifier": m.record.message_id} for m in stay]}


def _each(messages: list[Message], step: Callable[[Message], None]) -> None:
    """Take a step with each message that is well; one that fails fails alone."""
    for message in messages:
        if message.failure:
            continue
        try:
            step(message)
        except Exception as error:
            logger.exception("failed", message_id=message.record.message_id)
            message.failure = type(error).__name__


def _judge(message: Message) -> None:
    body = message.record.body
    try:
        with tracer.provider.in_subsegment("validate"):
            parsed = parse(body, QueueMessage)
            annotate(parsed.application_id, parsed.events_request.event_count)
    except BadRequestError as error:
        message.failure, message.is_hopeless = str(error), True
        return
    if not settings().serves(parsed.application_id):
        message.failure, message.is_hopeless = "Application not found.", True
        return
    message.report, message.good = judge(parsed.application_id, parsed.events_request, len(body))


def _settle(message: Message) -> None:
    settle(message.good, message.answers, message.report)
    if message.report.undelivered and not (message.report.accepted or message.report.refusals):
        message.failure = "Nothing of it could be delivered."


def _keep_refused(message: Message) -> None:
    """Keep what was refused as it came: here nobody hears a 400, so a person must find it."""
    report, arrival = message.report, message.arrival
    if not report.refusals:
        return
    request = read_json(message.record.body)["EventsRequest"]
    if keep_rejected(request, report, arrival, gateway.destination):
        return
    refused = {
        endpoint_id: kept
        for endpoint_id, item in report.results.items()
        if (kept := refused_part(request["BatchItem"][endpoint_id], item))
    }
    rule, bury = report.refusals[0].rule, gateway.retry_queue.bury
    if not bury(report.application_id, refused, rule, arrival, message.attempt):
        message.failure = "The dead-letter queue did not take what was refused."


def _requeue_rests(messages: list[Message]) -> None:
    """Replace messages that half succeeded by ones with the rest."""
    rests = [
        Rest(m.report.application_id, m.report.undelivered, m.arrival, m.attempt) for m in messages
    ]
    not_queued = gateway.retry_queue.queue(rests)
    for message, pieces in zip(messages, not_queued, strict=True):
        if pieces:
            message.failure = "The rest of it could not be queued."
        else:
            message.report.confirm_queued([])


def _finish(message: Message, duration_ms: float) -> None:
    """Say what became of a message; one that has no hope left goes to the dead letters."""
    message_id, attempt = message.record.message_id, message.attempt
    if not message.failure:
        message.report.log("queue_message", message_id=message_id, duration_ms=duration_ms)
        return
    reason = message.failure
    if not message.is_hopeless and attempt >= MAX_ATTEMPTS:
        reason = f"Given up after attempt {attempt}: {reason}"
    if message.is_hopeless or attempt >= MAX_ATTEMPTS:
        bury_whole = gateway.retry_queue.bury_whole
        message.is_buried = bury_whole(message.record.body, reason, message.arrival, attempt)
    text = "message is a dead letter" if message.is_buried else "message stays"
    logger.warning(text, message_id=message_id, reason=reason, attempt=attempt)
