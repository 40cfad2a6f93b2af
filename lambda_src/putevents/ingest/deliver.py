"""The second step: deliver submissions to the destination, several in one call where that fits."""

from collections.abc import Iterable, Mapping
from time import perf_counter

from putevents.errors import NotDeliveredError
from putevents.gateway import Gateway
from putevents.ingest.settle import any_final
from putevents.ingest.submission import Submission
from putevents.observability import annotate, concerning, logger, tracer
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import MAX_EVENTS_PER_CALL, MAX_REQUEST_BYTES, ItemResponse, ValidBatch


def deliver(gateway: Gateway, submissions: Iterable[Submission], time_left: TimeLeft) -> None:
    """Deliver what is valid; each submission gets the answers for its parts."""
    for call in _joined(submissions):
        _deliver_call(gateway, call, time_left)


def _joined(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """Group submissions that fit into one call.

    Two that name the same endpoint are not joined: each has an arrival of its own, and they may
    even hold the same event.
    """
    calls: list[list[Submission]] = []
    for submission in submissions:
        for call in calls:
            if _fits(submission, call):
                call.append(submission)
                break
        else:
            calls.append([submission])
    return calls


def _fits(submission: Submission, call: list[Submission]) -> bool:
    return (
        submission.application_id == call[0].application_id
        and sum(_items(s) for s in (submission, *call)) <= MAX_EVENTS_PER_CALL
        and sum(s.size for s in (submission, *call)) <= MAX_REQUEST_BYTES
        and not any(submission.valid.keys() & s.valid.keys() for s in call)
    )


def _items(submission: Submission) -> int:
    # An endpoint without events takes as much of a call as an event does.
    return sum(len(batch.events) or 1 for batch in submission.valid.values())


def _deliver_call(gateway: Gateway, call: list[Submission], time_left: TimeLeft) -> None:
    """Deliver submissions together.

    If nothing at all was answered, one of them may have spoilt the call for the others: then each
    half is tried alone, until the breaker opens.
    """
    application_id = call[0].application_id
    batch_item = {e: batch for submission in call for e, batch in submission.valid.items()}
    arrivals = {e: s.arrival.at(batch.order) for s in call for e, batch in s.valid.items()}
    started = perf_counter()
    request_ids = (submission.arrival.request_id for submission in call)
    with concerning(request_ids), tracer.provider.in_subsegment("deliver"):
        annotate(application_id, sum(submission.valid_events for submission in call))
        answers = _ask(gateway, application_id, batch_item, arrivals, time_left)
    if answers == {} and len(call) > 1:
        middle = len(call) // 2
        _deliver_call(gateway, call[:middle], time_left)
        _deliver_call(gateway, call[middle:], time_left)
        return
    for submission in call:
        submission.latency_ms = (perf_counter() - started) * 1000
        if answers is not None:
            submission.answers = answers
        elif submission.is_message:
            submission.failure = NotDeliveredError(
                "The destination was not asked: it is down, or time was short."
            )


def _ask(
    gateway: Gateway,
    application_id: str,
    batch_item: dict[str, ValidBatch],
    arrivals: Arrivals,
    time_left: TimeLeft,
) -> Mapping[str, ItemResponse] | None:
    """Return the destination's answers; None if it was not asked."""
    if not (gateway.breaker.lets_through(application_id) and time_left.is_enough_to_deliver()):
        return None
    try:
        answers = gateway.destination.deliver(application_id, batch_item, arrivals, time_left)
        answered = any_final(batch_item, answers)
    except Exception as error:
        # A bug of the destination's confirms nothing; what was to be delivered can still be queued.
        logger.exception("destination failed", error=type(error).__name__)
        answers, answered = {}, False
    gateway.breaker.note(application_id, answered=answered)
    return answers
