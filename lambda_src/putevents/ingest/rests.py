"""The last step: queue what a destination lacks, and answer for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from putevents.errors import PartlyDeliveredError
from putevents.gateway import Gateway
from putevents.ingest.submission import Submission
from putevents.observability import concerning, logger
from putevents.queue.messages import Rest
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED, FAILED
from putevents.wire.schemas import ValidBatch

if TYPE_CHECKING:
    from putevents.ingest.share import Share

Pieces = list[dict[str, ValidBatch]]
PartId = tuple[str, str | None]  # ids of an endpoint and of an event, None for the endpoint itself


def queue_undelivered(
    gateway: Gateway, submissions: Sequence[Submission], time_left: TimeLeft
) -> None:
    """Queue each rest toward the destinations that lack it; what the queue does not take is 500."""
    if not submissions:
        return
    waiting = [(submission, rests_of(submission)) for submission in submissions]
    rests = [rest for _, found in waiting for rest in found]
    with concerning(rest.arrival.request_id for rest in rests):
        try:
            told = gateway.retry_queue.queue(rests, time_left)
        except Exception as error:
            # A bug here must not reach what was delivered: it is answered as it was settled.
            logger.exception("messages not queued", error=type(error).__name__)
            told = [[rest.batch_item] for rest in rests]
    not_queued = iter(told)
    for submission, found in waiting:
        _confirm(gateway, submission, [(rest, next(not_queued)) for rest in found])


def rests_of(submission: Submission) -> list[Rest]:
    """Return what waits of a submission: a rest for home, one for each follower.

    One for all of them together has what a follower cannot have before home has told its endpoint.
    """
    rests: list[Rest] = []
    whole, lacks, untold = submission.rest, submission.undelivered, submission.untold
    if untold:
        waits = {id_: batch for id_, batch in lacks.items() if id_ in untold}
        rests.append(whole._replace(batch_item=waits))
        lacks = {id_: batch for id_, batch in lacks.items() if id_ not in untold}
    if lacks:
        home = submission.destinations[:1]
        rests.append(whole._replace(batch_item=lacks, destinations=home))
    for share in submission.shares:
        if share.undelivered:
            rest = whole._replace(batch_item=share.undelivered, destinations=share.only)
            # What home has just taken begins to wait now, however often home was tried.
            fresh = submission.is_for_home
            rests.append(rest._replace(attempt=1, queued_at=0) if fresh else rest)
    return rests


def _confirm(gateway: Gateway, submission: Submission, told: Sequence[tuple[Rest, Pieces]]) -> None:
    """Answer for the rests of a submission, given which pieces of each were not queued."""
    if any(pieces for _, pieces in told):
        # Nobody else would take what the next calls bring, so they ask the destinations.
        for rest, pieces in told:
            if pieces:
                _close_breakers(gateway, rest)
        if submission.is_message:
            submission.failure = PartlyDeliveredError("The rest of it could not be queued.")
            left = (_left(rest, pieces) for rest, pieces in told)
            submission.left = [rest for rest in left if rest.batch_item], {}
            return
    shares = {share.only: share for share in submission.shares}
    for rest, pieces in told:
        lost = parts_of(pieces)
        if share := shares.get(rest.destinations):
            _confirm_share(submission, share, lost)
        else:
            _confirm_home(submission, rest, lost)


def _close_breakers(gateway: Gateway, rest: Rest) -> None:
    names = rest.destinations
    if not names or gateway.settings.destination[0] in names:
        gateway.breaker.close(rest.application_id)
    for follower in gateway.followers:
        if follower.name in names:
            follower.breaker.close(rest.application_id)


def _left(rest: Rest, pieces: Pieces) -> Rest:
    """Return what the queue did not take of a rest."""
    lost, left = parts_of(pieces), {}
    for endpoint_id, batch in rest.batch_item.items():
        events = {i: event for i, event in batch.events.items() if (endpoint_id, i) in lost}
        endpoint = batch.endpoint if (endpoint_id, None) in lost else None
        if events or endpoint is not None:
            stored = batch.stored if events else None
            left[endpoint_id] = batch._replace(endpoint=endpoint, events=events, stored=stored)
    return rest._replace(batch_item=left)


def _confirm_home(submission: Submission, rest: Rest, lost: set[PartId]) -> None:
    """Answer 202 for everything that waits for home except what the queue did not take."""
    for endpoint_id, batch in rest.batch_item.items():
        item = submission.results[endpoint_id]
        if batch.endpoint is not None and (endpoint_id, None) not in lost:
            item["EndpointItemResponse"] = ACCEPTED
        for event_id in batch.events:
            if (endpoint_id, event_id) not in lost:
                item["EventsItemResponse"][event_id] = ACCEPTED
                submission.queued += 1


def _confirm_share(submission: Submission, share: "Share", lost: set[PartId]) -> None:
    """Answer 500 for what a follower lacks and the queue did not take, though home has it."""
    for endpoint_id, batch in share.undelivered.items():
        item = submission.results[endpoint_id]
        if (endpoint_id, None) in lost:
            item["EndpointItemResponse"] = FAILED
        for event_id in batch.events:
            if (endpoint_id, event_id) not in lost:
                share.queued += 1
            elif item["EventsItemResponse"][event_id] is ACCEPTED:
                item["EventsItemResponse"][event_id] = FAILED
                submission.lost += 1


def parts_of(pieces: Pieces) -> set[PartId]:
    """Return the ids of events, and of endpoints with None, that stand in pieces."""
    return {
        (endpoint_id, event_id)
        for piece in pieces
        for endpoint_id, batch in piece.items()
        for event_id in (*batch.events, *([None] if batch.endpoint is not None else []))
    }
