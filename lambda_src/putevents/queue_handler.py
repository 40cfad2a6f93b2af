"""Door 2: an SQS batch in, batchItemFailures out."""

from time import perf_counter
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from putevents import gateway
from putevents.arrival import Arrival
from putevents.ingest import ingest
from putevents.observability import annotate, logger, tracer
from putevents.parsing import BadRequestError, parse, read_json
from putevents.rejected import keep_rejected, refused_part
from putevents.report import Report
from putevents.retry import ARRIVAL_TIMESTAMP, ATTEMPT, REQUEST_ID
from putevents.schemas import QueueMessage
from putevents.settings import settings

# Every message failing is no fault of the function: its answer names them all.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class UndeliveredError(Exception):
    """The message stays on the queue: SQS shows it again, and in the end dead-letters it whole."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Deliver a batch of messages; the answer names those that stay on the queue."""
    return process_partial_response(
        event=event, record_handler=record_handler, processor=processor, context=context
    )


def record_handler(record: SQSRecord) -> None:
    """Deliver one message; raises if it must stay on the queue as it is."""
    started = perf_counter()
    try:
        arrival = _arrival(record)
        report = _deliver(record, arrival)
        _keep_refused(record, report, arrival)
        _requeue_rest(record, report, arrival)
    except Exception as error:
        gateway.retry_queue.postpone(record.receipt_handle, _attempt(record))
        if isinstance(error, BadRequestError | UndeliveredError):
            logger.warning("message stays", message_id=record.message_id, reason=str(error))
        else:
            logger.exception("failed", message_id=record.message_id)
        raise
    report.log(
        "queue_message",
        message_id=record.message_id,
        duration_ms=round((perf_counter() - started) * 1000, 1),
    )


def _deliver(record: SQSRecord, arrival: Arrival) -> Report:
    with tracer.provider.in_subsegment("validate"):
        message = parse(record.body, QueueMessage)
        annotate(message.application_id, message.events_request.event_count)
    if not settings().serves(message.application_id):
        raise UndeliveredError("Application not found.")
    return ingest(
        message.application_id,
        message.events_request,
        len(record.body),
        arrival,
        gateway.destination,
    )


def _keep_refused(record: SQSRecord, report: Report, arrival: Arrival) -> None:
    """Keep what was refused as it came: here nobody hears a 400, so a person must find it."""
    if not report.refusals:
        return
    request = read_json(record.body)["EventsRequest"]
    if keep_rejected(request, report, arrival, gateway.destination):
        return
    refused = {
        endpoint_id: kept
        for endpoint_id, item in report.results.items()
        if (kept := refused_part(request["BatchItem"][endpoint_id], item))
    }
    rule = report.refusals[0].rule
    if not gateway.retry_queue.bury(report.application_id, refused, rule, arrival):
        raise UndeliveredError("The dead-letter queue did not take what was refused.")


def _requeue_rest(record: SQSRecord, report: Report, arrival: Arrival) -> None:
    """Replace a message that half succeeded by one with the rest; leave one that failed whole."""
    if not report.undelivered:
        return
    if not report.accepted and not report.refusals:
        raise UndeliveredError("Nothing of it could be delivered.")
    attempt = _attempt(record) + 1
    queue, application_id = gateway.retry_queue.queue, report.application_id
    not_queued = queue(application_id, report.undelivered, arrival, attempt)
    if not_queued:
        raise UndeliveredError("The rest of it could not be queued.")
    report.confirm_queued(not_queued)


def _attempt(record: SQSRecord) -> int:
    """How often this was tried, on this message and on those that it replaces."""
    received = int(record.attributes.approximate_receive_count or 1)
    return received + _number(_attribute(record, ATTEMPT))


def _arrival(record: SQSRecord) -> Arrival:
    """When it first came in: a message of our own says so, a producer's came as it was sent."""
    sent = _number(record.raw_event["attributes"].get("SentTimestamp", ""))
    return Arrival(
        _attribute(record, REQUEST_ID) or record.message_id,
        _number(_attribute(record, ARRIVAL_TIMESTAMP)) or sent,
    )


def _attribute(record: SQSRecord, name: str) -> str:
    # A producer may have sent one of our names with a type of its own, which counts as none.
    attributes = record.raw_event.get("messageAttributes", {})
    return attributes.get(name, {}).get("stringValue") or ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0
