"""The steps for the destinations beside home: each follower is given what home has.

What home rejected goes nowhere. What home cannot tell the endpoint of waits with it for all.
"""

from collections.abc import Sequence
from typing import Any

from putevents.destinations import Choosing, Home
from putevents.errors import UnknownDestinationError
from putevents.gateway import Gateway
from putevents.ingest.deliver import deliver
from putevents.ingest.forgotten import as_sent, leave_out_forgotten
from putevents.ingest.settle import settle
from putevents.ingest.share import Share
from putevents.ingest.submission import Submission
from putevents.ingest.turns import Turns
from putevents.observability import concerning, logger
from putevents.time_left import TimeLeft
from putevents.wire.answers import as_object
from putevents.wire.schemas import ValidBatch
from putevents.wire.storable import foreign


def name_destinations(gateway: Gateway, submissions: Sequence[Submission]) -> None:
    """Note which destinations lack each submission: all of them unless a message names some."""
    configured = gateway.settings.destination
    for submission in submissions:
        named = submission.destinations or configured
        unknown = (name for name in named if name not in configured)
        submission.destinations = (*(name for name in configured if name in named), *unknown)
        submission.is_for_home = configured[0] in named


def deliver_to_followers(
    gateway: Gateway, submissions: Sequence[Submission], time_left: TimeLeft
) -> None:
    """Deliver to each follower what home has, settle that, and dead-letter what one rejected."""
    leave_out_forgotten(gateway.home, submissions, time_left)
    # Nobody waits for the answer to a message.
    turns = Turns(len(gateway.followers), is_awaited=not all(s.is_message for s in submissions))
    for name, destination, breaker in gateway.followers:
        chosen = destination.event_types if isinstance(destination, Choosing) else None
        shares = _shares(gateway.home, submissions, name, destination.takes_endpoints, chosen)
        with turns.next(time_left) as until:
            deliver(destination, breaker, [share for _, share in shares], until)
        for submission, share in shares:
            _settle(gateway, submission, share, time_left)
    configured = gateway.settings.destination
    for name in {n for s in submissions for n in s.destinations if n not in configured}:
        for submission, share in _shares(gateway.home, submissions, name, takes_endpoints=True):
            share.reject_all()
            _dead_letter(gateway, submission, share, UnknownDestinationError.text, time_left)


def _shares(
    home: Home,
    submissions: Sequence[Submission],
    name: str,
    takes_endpoints: bool,
    chosen: frozenset[str] | None = None,
) -> list[tuple[Submission, Share]]:
    """Return what a follower is to be given of each submission that it lacks."""
    shares = []
    for submission in submissions:
        if name not in submission.destinations or submission.failure:
            continue
        share = Share(name, submission.application_id, submission.size, submission.arrival)
        try:
            for endpoint_id, batch in submission.valid.items():
                part = _part(home, submission, endpoint_id, batch, takes_endpoints)
                if chosen is not None:
                    part = part._replace(
                        events={i: e for i, e in part.events.items() if e.event_type in chosen}
                    )
                if part.events or part.endpoint is not None:
                    share.add(endpoint_id, part)
        except Exception as error:  # the door logs it and answers for it
            submission.failure = error
        else:
            if share.valid:
                submission.shares.append(share)
                shares.append((submission, share))
    return shares


def _part(
    home: Home, submission: Submission, endpoint_id: str, batch: ValidBatch, takes_endpoints: bool
) -> ValidBatch:
    """Return what a follower can be given of an endpoint's batch."""
    answer = as_object(submission.answers.get(endpoint_id))
    if endpoint_id in submission.forgotten or answer.get("Forgotten"):
        return batch._replace(endpoint=None, events={})
    stored = batch.stored or answer.get("Stored")
    endpoint, events = batch.endpoint, batch.events
    lacks = submission.undelivered.get(endpoint_id)
    if submission.is_for_home:
        item = submission.results[endpoint_id]
        if submission.rejected:
            endpoint = None if _is_rejected(item["EndpointItemResponse"]) else endpoint
            told = item["EventsItemResponse"]
            events = {i: event for i, event in events.items() if not _is_rejected(told[i])}
        if lacks and stored is None and home.tells_endpoints:
            submission.untold.add(endpoint_id)
            endpoint = endpoint if lacks.endpoint is None else None
            events = {i: event for i, event in events.items() if i not in lacks.events}
    if not takes_endpoints:
        application_id = submission.application_id
        stored = stored or as_sent(application_id, endpoint_id, batch.endpoint)
        if "ApplicationId" not in stored:  # it was in a message, which has it elsewhere
            stored = {**stored, "ApplicationId": application_id}
        endpoint = None
    return batch._replace(endpoint=endpoint, events=events, stored=stored)


def _is_rejected(answer: Any) -> bool:
    return bool(answer["StatusCode"] // 100 == 4)


def _settle(gateway: Gateway, submission: Submission, share: Share, time_left: TimeLeft) -> None:
    try:
        settle(share)
        if share.rejected:
            reason = f"Rejected by {share.destination}: {foreign(share.rejected[0].message)}"
            _dead_letter(gateway, submission, share, reason, time_left)
    except Exception as error:  # the door logs it and answers for it
        submission.failure = error


def _dead_letter(
    gateway: Gateway, submission: Submission, share: Share, reason: str, time_left: TimeLeft
) -> None:
    """Dead-letter what a follower rejected; its client hears nothing of that, since home has it."""
    rejected, count = share.rejected_parts, len(share.rejected)
    rest = submission.rest._replace(batch_item=rejected, destinations=share.only)
    with concerning([share.arrival.request_id]):
        is_dead = gateway.retry_queue.dead_letter(rest, {}, reason, time_left)
        if not is_dead:
            share.keep(rejected)
        logger.warning(
            "dead letter of a follower" if is_dead else "a follower's dead letter was not taken",
            application_id=share.application_id,
            destination=share.destination,
            count=count,
        )
