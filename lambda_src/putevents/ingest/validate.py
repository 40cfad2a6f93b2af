"""The room behind both doors: judge each event, deliver the good ones, answer for all."""

from collections.abc import Callable
from time import perf_counter

from putevents.ingest.settle import settle
from putevents.ingest.submission import ACCEPTED, FAILED, Report
from putevents.observability import annotate, tracer
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.rules import (
    BAD_ENDPOINT_ID,
    BAD_EVENT_ID,
    LARGE_ENDPOINT,
    LARGE_EVENT,
    Rejection,
)
from putevents.wire.schemas import (
    MAX_ENDPOINT_BYTES,
    MAX_EVENT_BYTES,
    Event,
    EventsRequest,
    ItemResponse,
    PublicEndpoint,
    ValidBatch,
)
from putevents.wire.split import NO_CHANGE

# Delivers, as gateway.deliver does; None if that was not tried.
Deliver = Callable[[str, dict[str, ValidBatch], Arrivals], dict[str, ItemResponse] | None]
_UTF8 = 4  # bytes that a character can take: in a smaller request no part needs to be measured


def ingest(
    application_id: str,
    request: EventsRequest,
    size: int,
    arrival: Arrival,
    deliver: Deliver,
) -> Report:
    """Judge, deliver and settle one request, whose JSON was `size` characters long.

    What the report lists as undelivered is for the door to queue.
    """
    report, good = judge(application_id, request, size)
    if good:
        started = perf_counter()
        with tracer.provider.in_subsegment("deliver"):
            annotate(application_id, sum(len(batch.events) for batch in good.values()))
            answers = deliver(application_id, good, dict.fromkeys(good, arrival))
        report.latency_ms = (perf_counter() - started) * 1000
        settle(good, answers or {}, report)
    return report


def judge(
    application_id: str, request: EventsRequest, size: int
) -> tuple[Report, dict[str, ValidBatch]]:
    """Answer 400 for what breaks a rule; return the rest, whose answers are still open."""
    report, good = Report(application_id), {}
    for endpoint_id, batch in request.batch_item.items():
        item: ItemResponse = {"EndpointItemResponse": ACCEPTED, "EventsItemResponse": {}}
        report.results[endpoint_id] = item
        if isinstance(batch, Rejection):
            item["EndpointItemResponse"] = report.reject(batch, endpoint_id)
            continue
        endpoint = judge_endpoint(endpoint_id, batch.endpoint, size)
        events = {}
        for event_id, event in batch.events.items():
            judged = (
                endpoint if endpoint is BAD_ENDPOINT_ID else _judge_event(event_id, event, size)
            )
            if isinstance(judged, Event):
                events[event_id] = judged
                item["EventsItemResponse"][event_id] = FAILED
            else:
                report.rejected += 1
                item["EventsItemResponse"][event_id] = report.reject(judged, endpoint_id, event_id)
        if isinstance(endpoint, Rejection):
            item["EndpointItemResponse"] = report.reject(endpoint, endpoint_id)
            endpoint = NO_CHANGE
        if events or endpoint is not NO_CHANGE:
            good[endpoint_id] = ValidBatch(endpoint=endpoint, events=events)
    return report, good


def judge_endpoint(
    endpoint_id: str, endpoint: PublicEndpoint | Rejection, size: int
) -> PublicEndpoint | Rejection:
    """The endpoint, or the rule that it or its id breaks; `size` is that of the whole request."""
    if not endpoint_id or not _is_unicode(endpoint_id) or any(c in endpoint_id for c in "${}"):
        return BAD_ENDPOINT_ID
    if size * _UTF8 > MAX_ENDPOINT_BYTES:
        if len(endpoint_id) > MAX_ENDPOINT_BYTES:
            return BAD_ENDPOINT_ID
        if isinstance(endpoint, PublicEndpoint) and len(endpoint.wire) > MAX_ENDPOINT_BYTES:
            return LARGE_ENDPOINT
    return endpoint


def _judge_event(event_id: str, event: Event | Rejection, size: int) -> Event | Rejection:
    if not _is_unicode(event_id):
        return BAD_EVENT_ID
    if (
        size * _UTF8 > MAX_EVENT_BYTES
        and isinstance(event, Event)
        and len(event_id) + len(event.wire) > MAX_EVENT_BYTES
    ):
        return LARGE_EVENT
    return event


def _is_unicode(text: str) -> bool:
    """Whether no half of a surrogate pair stands alone in it, which no destination can store."""
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)
