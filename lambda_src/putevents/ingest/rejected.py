"""The fourth step: keep what was rejected as it came, where a person finds it."""

from collections import Counter
from typing import Any

from putevents.errors import NotDeliveredError, PartlyDeliveredError
from putevents.gateway import Gateway
from putevents.ingest.rests import rests_of
from putevents.ingest.submission import Submission
from putevents.observability import concerning, logger
from putevents.time_left import TimeLeft
from putevents.wire.rejected_record import RejectedPart
from putevents.wire.rules import REJECTED_BY_DESTINATION
from putevents.wire.schemas import EndpointItemResponse, EventItemResponse, ItemResponse
from putevents.wire.storable import foreign

MAX_KEPT = 100  # rejected parts of a request; of the others it is kept how many broke which rule
NOT_KEPT = f"More than {MAX_KEPT} parts of a request were rejected."


def keep_rejected(gateway: Gateway, submission: Submission, time_left: TimeLeft) -> None:
    """Give rejected parts to home; those of a message become dead letters otherwise.

    A client of the HTTPS door has heard the 400. Nobody hears what is answered to a message, so
    it fails if neither takes its rejected parts.
    """
    if not submission.rejected:
        return
    with concerning([submission.arrival.request_id]):
        is_kept = submission.is_for_home and _home_keeps(gateway, submission, time_left)
        if submission.is_message and not is_kept:
            is_kept = _dead_letter(gateway, submission, time_left)
    if submission.is_message and not is_kept:
        kind = PartlyDeliveredError if submission.left else NotDeliveredError
        submission.failure = kind("The dead-letter queue did not take what was rejected.")


def _home_keeps(gateway: Gateway, submission: Submission, time_left: TimeLeft) -> bool:
    home = gateway.home
    if not home.keeps_rejected or not time_left.is_enough_to_deliver():
        return False
    try:
        parts = _with_raw(submission)
        application_id, arrival = submission.application_id, submission.arrival
        return home.keep_rejected(application_id, parts, arrival, time_left)
    except Exception as error:
        # A bug here must not fail the submission: the rest of it is delivered.
        logger.exception("rejected not kept", error=type(error).__name__)
        return False


def _with_raw(submission: Submission) -> list[RejectedPart]:
    batch_item, rejected = submission.raw()["BatchItem"], submission.rejected
    # A message is small, and nobody else holds what it brought. A client holds what it sent.
    kept = rejected if submission.is_message else rejected[:MAX_KEPT]
    parts = [part._replace(raw=_raw(batch_item[part.endpoint_id], part.event_id)) for part in kept]
    if more := rejected[len(kept) :]:
        rules = Counter(part.rule for part in more)
        parts.append(RejectedPart("", None, NOT_KEPT, f"{len(more)} more were rejected.", rules))
    return parts


def _raw(batch: Any, event_id: str | None) -> Any:
    if event_id is not None:
        return batch["Events"][event_id]
    # A batch that could not be taken apart was rejected as a whole.
    is_apart = isinstance(batch, dict) and isinstance(batch.get("Events"), dict)
    return batch.get("Endpoint") if is_apart else batch


def _dead_letter(gateway: Gateway, submission: Submission, time_left: TimeLeft) -> bool:
    batch_item, results = submission.raw()["BatchItem"], submission.results
    endpoint_ids = dict.fromkeys(part.endpoint_id for part in submission.rejected)
    parts = {id_: _rejected_part(batch_item[id_], results[id_]) for id_ in endpoint_ids}
    is_dead = gateway.retry_queue.dead_letter(
        submission.rest._replace(batch_item={}), parts, _reason(submission.rejected[0]), time_left
    )
    if not is_dead and submission.has_delivered:
        submission.left = rests_of(submission), parts
    return is_dead


def _reason(part: RejectedPart) -> str:
    """Return the rule that a part broke, or what the destination said instead of one."""
    if part.rule != REJECTED_BY_DESTINATION.rule or part.message == part.rule:
        return part.rule
    return f"Rejected by the destination: {foreign(part.message)}"


def _rejected_part(raw: Any, item: ItemResponse) -> Any:
    """Return the part of an endpoint's raw batch that was rejected."""
    events = [i for i, answer in item["EventsItemResponse"].items() if _is_rejected(answer)]
    endpoint_rejected = _is_rejected(item["EndpointItemResponse"])
    if endpoint_rejected and not item["EventsItemResponse"]:
        return raw
    return {
        "Endpoint": raw.get("Endpoint") if endpoint_rejected else {},
        "Events": {event_id: raw["Events"][event_id] for event_id in events},
    }


def _is_rejected(answer: EndpointItemResponse | EventItemResponse) -> bool:
    return answer["StatusCode"] // 100 == 4
