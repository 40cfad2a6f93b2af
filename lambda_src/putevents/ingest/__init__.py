"""The one sequence behind every door: validate, deliver, settle, keep what was rejected, queue.

A door parses its envelope, makes submissions, hands them to `ingest`, and answers from them.
"""

from collections.abc import Callable, Sequence

from putevents.errors import NotDeliveredError
from putevents.gateway import Gateway
from putevents.ingest.deliver import deliver
from putevents.ingest.rejected import keep_rejected
from putevents.ingest.rests import queue_undelivered
from putevents.ingest.settle import settle
from putevents.ingest.submission import Submission
from putevents.ingest.validate import validate
from putevents.time_left import TimeLeft

__all__ = ["Submission", "ingest"]


def ingest(gateway: Gateway, submissions: Sequence[Submission], time_left: TimeLeft) -> None:
    """Take submissions through all steps; one that fails has a `failure` and fails alone.

    Afterwards `results` answers every id that was asked: 202 for what each destination has, or the
    retry queue for those that lack it, 4xx for what was rejected, 500 for the rest.
    """
    _each(submissions, validate)
    has_followers = bool(gateway.followers) or any(s.destinations for s in submissions)
    if has_followers:
        from putevents.ingest.followers import deliver_to_followers, name_destinations

        name_destinations(gateway, submissions)
    home = [s for s in submissions if s.is_for_home and not s.failure]
    deliver(gateway.home, gateway.breaker, [s for s in home if s.valid], time_left)
    _each(home, settle)
    if has_followers:
        deliver_to_followers(gateway, [s for s in submissions if not s.failure], time_left)
    _each(submissions, _leave_on_queue)
    _each(submissions, lambda submission: keep_rejected(gateway, submission, time_left))
    queue_undelivered(gateway, [s for s in submissions if s.is_lacked and not s.failure], time_left)


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
    if submission.can_stay and submission.is_lacked and not submission.is_begun:
        whys = [s.why and f"{s.destination}: {s.why}" for s in submission.shares]
        why = submission.why or next(filter(None, whys), "")
        error = NotDeliveredError(f"Nothing of it could be delivered. {why}".strip())
        not_asked = (share.not_asked for share in submission.shares if share.undelivered)
        submission.failure = submission.not_asked or next(filter(None, not_asked), error)
