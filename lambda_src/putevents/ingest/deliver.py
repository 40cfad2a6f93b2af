"""The second step: deliver submissions to the destination, several in one call where that fits."""

from collections import deque
from collections.abc import Iterable, Mapping
from time import monotonic, perf_counter

from putevents.errors import LeftAloneError, NotDeliveredError, NotTriedError
from putevents.gateway import Gateway
from putevents.ingest.settle import any_final
from putevents.ingest.submission import Submission
from putevents.observability import annotate, concerning, logger, step
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import MAX_EVENTS_PER_CALL, MAX_REQUEST_BYTES, ItemResponse, ValidBatch

# A call that fails so late has timed out; another one would keep everybody waiting as long.
SLOW_SECONDS = 3.0


def deliver(gateway: Gateway, submissions: Iterable[Submission], time_left: TimeLeft) -> None:
    """Deliver what is valid; each submission gets the answers for its parts.

    Each application is asked for once before any is asked for again, so that one which takes
    long to fail leaves time for the others. One that took very long is not asked again at all.
    """
    calls, slow = deque(_joined(submissions)), set[str]()
    while calls:
        call = calls.popleft()
        application_id = call[0].application_id
        if application_id in slow:
            _leave(call, LeftAloneError())
            continue
        began = monotonic()
        calls.extend(_deliver_call(gateway, call, time_left))
        if not call[0].answers and monotonic() - began >= SLOW_SECONDS:
            slow.add(application_id)


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


def _deliver_call(
    gateway: Gateway, call: list[Submission], time_left: TimeLeft
) -> list[list[Submission]]:
    """Deliver submissions together; return the calls that are to be made instead, if any.

    If nothing at all was answered, one of them may have spoilt the call for the others: then each
    half is tried alone, until the breaker opens.
    """
    application_id = call[0].application_id
    batch_item = {e: batch for submission in call for e, batch in submission.valid.items()}
    arrivals = {e: s.arrival.at(batch.order) for s in call for e, batch in s.valid.items()}
    started = perf_counter()
    request_ids = (submission.arrival.request_id for submission in call)
    with concerning(request_ids), step("deliver") as delivering:
        annotate(delivering, application_id, sum(submission.valid_events for submission in call))
        answers, answered = _call_destination(
            gateway, application_id, batch_item, arrivals, time_left
        )
    if answers is not None and not answered and len(call) > 1:
        middle = len(call) // 2
        return [call[:middle], call[middle:]]
    for submission in call:
        submission.latency_ms = round((perf_counter() - started) * 1000, 2)
        if answers is not None:
            submission.answers = answers
    if answers is None:
        is_open = gateway.breaker.is_open(application_id)
        _leave(call, LeftAloneError() if is_open else NotTriedError())
    return []


def _leave(call: Iterable[Submission], error: NotDeliveredError) -> None:
    """Let messages stay on the queue; what came over HTTP is undelivered and will be queued."""
    for submission in call:
        if submission.is_message:
            submission.failure = error


def _call_destination(
    gateway: Gateway,
    application_id: str,
    batch_item: dict[str, ValidBatch],
    arrivals: Arrivals,
    time_left: TimeLeft,
) -> tuple[Mapping[str, ItemResponse] | None, bool]:
    """Return the destination's answers, None if it was not asked; and whether any is final."""
    if not (time_left.is_enough_to_deliver() and gateway.breaker.lets_through(application_id)):
        return None, False
    try:
        answers = gateway.home.deliver(application_id, batch_item, arrivals, time_left)
        answered = any_final(batch_item, answers)
    except Exception as error:
        # A bug of the destination's confirms nothing; what was to be delivered can still be queued.
        logger.exception("destination failed", error=type(error).__name__)
        answers, answered = {}, False
    gateway.breaker.note(application_id, answered=answered)
    return answers, answered
