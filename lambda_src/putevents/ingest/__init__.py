"""The one sequence behind every door: validate, deliver, settle, keep what was rejected, queue.

A door parses its envelope, makes submissions, hands them to `ingest`, and answers from them.
"""

from collections.abc import Callable, Sequence

from putevents.errors import NotDeliveredError, PartlyDeliveredError
from putevents.gateway import Gateway
from putevents.ingest.deliver import deliver
from putevents.ingest.rejected import keep_rejected
from putevents.ingest.settle import settle
from putevents.ingest.submission import Submission
from putevents.ingest.validate import validate
from putevents.observability import concerning, logger
from putevents.time_left import TimeLeft

__all__ = ["Submission", "ingest"]


def ingest(gateway: Gateway, submissions: Sequence[Submission], time_left: TimeLeft) -> None:
    """Take submissions through all steps; one that fails has a `failure` and fails alone.

    Afterwards `results` answers every id that was asked: 202 for what the destination or the
    retry queue holds, 4xx for what was rejected, 500 for the rest.
    """
    _each(submissions, validate)
    deliver(gateway, [s for s in submissions if s.valid and not s.failure], time_left)
    _each(submissions, settle)
    _each(submissions, _leave_on_queue)
    _each(submissions, lambda submission: keep_rejected(gateway, submission, time_left))
    _queue_undelivered(
        gateway, [s for s in submissions if s.undelivered and not s.failure], time_left
    )


def _each(submissions: Sequence[Submission], step: Callable[[Submission], None]) -> None:
    for submission in submissions:
        if submission.failure:
            continue
        try:
            step(submission)
        except Exception as error:  # the door logs it and answers for it
            submission.failure = error


def _leave_on_queue(submission: Submission) -> None:
    """Let a message of which nothing was settled stay where it is, instead of replacing it."""
    settled = submission.accepted or submission.updated or submission.rejected
    if submission.can_stay and submission.undelivered and not settled:
        submission.failure = NotDeliveredError("Nothing of it could be delivered.")


def _queue_undelivered(
    gateway: Gateway, submissions: Sequence[Submission], time_left: TimeLeft
) -> None:
    if not submissions:
        return
    rests = [submission.rest for submission in submissions]
    with concerning(rest.arrival.request_id for rest in rests):
        try:
            not_queued = gateway.retry_queue.queue(rests, time_left)
        except Exception as error:
            # A bug here must not reach what was delivered: it is answered as it was settled.
            logger.exception("messages not queued", error=type(error).__name__)
            not_queued = [[rest.batch_item] for rest in rests]
    for submission, pieces in zip(submissions, not_queued, strict=True):
        if pieces:
            # Nobody else would take what the next calls bring, so they ask the destination.
            gateway.breaker.close(submission.application_id)
        if pieces and submission.is_message:
            submission.failure = PartlyDeliveredError("The rest of it could not be queued.")
            submission.leave(pieces)
        else:
            submission.confirm_queued(pieces)
