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
from putevents.ingest import ingest
from putevents.observability import annotate, logger, tracer
from putevents.parsing import BadRequestError, parse, read_json
from putevents.report import Report
from putevents.retry import ATTEMPT
from putevents.schemas import (
    EndpointItemResponse,
    EventItemResponse,
    ItemResponse,
    QueueMessage,
)
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
        report = _deliver(record)
        _bury_refused(record, report)
        _requeue_rest(record, report)
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


def _deliver(record: SQSRecord) -> Report:
    with tracer.provider.in_subsegment("validate"):
        message = parse(record.body, QueueMessage)
        annotate(message.application_id, message.events_request.event_count)
    if not settings().serves(message.application_id):
        raise UndeliveredError("Application not found.")
    size = len(record.body)
    return ingest(message.application_id, message.events_request, size, gateway.destination)


def _bury_refused(record: SQSRecord, report: Report) -> None:
    """Keep what was refused as it came: here nobody hears a 400, so a person must find it."""
    if not report.refusals:
        return
    raw = read_json(record.body)["EventsRequest"]["BatchItem"]
    refused = {
        endpoint_id: kept
        for endpoint_id, item in report.results.items()
        if (kept := _refused_part(raw[endpoint_id], item))
    }
    if not gateway.retry_queue.bury(report.application_id, refused, next(iter(report.refusals))):
        raise UndeliveredError("The dead-letter queue did not take what was refused.")


def _refused_part(raw: Any, item: ItemResponse) -> Any:
    """The part of an endpoint's raw batch that was refused; nothing if all was taken."""
    events = [i for i, answer in item["EventsItemResponse"].items() if _is_refusal(answer)]
    endpoint_refused = _is_refusal(item["EndpointItemResponse"])
    if endpoint_refused and not item["EventsItemResponse"]:
        return raw
    if not endpoint_refused and not events:
        return None
    return {
        "Endpoint": raw.get("Endpoint") if endpoint_refused else {},
        "Events": {event_id: raw["Events"][event_id] for event_id in events},
    }


def _is_refusal(answer: EndpointItemResponse | EventItemResponse) -> bool:
    return answer["StatusCode"] // 100 == 4


def _requeue_rest(record: SQSRecord, report: Report) -> None:
    """Replace a message that half succeeded by one with the rest; leave one that failed whole."""
    if not report.undelivered:
        return
    if not report.accepted and not report.refusals:
        raise UndeliveredError("Nothing of it could be delivered.")
    attempt = _attempt(record) + 1
    not_queued = gateway.retry_queue.queue(report.application_id, report.undelivered, attempt)
    if not_queued:
        raise UndeliveredError("The rest of it could not be queued.")
    report.confirm_queued(not_queued)


def _attempt(record: SQSRecord) -> int:
    """How often this was tried, on this message and on those that it replaces."""
    attributes = record.raw_event.get("messageAttributes", {})
    earlier = attributes.get(ATTEMPT, {}).get("stringValue", "")
    received = int(record.attributes.approximate_receive_count or 1)
    return received + (int(earlier) if earlier.isdecimal() else 0)
