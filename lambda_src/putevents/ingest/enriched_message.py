"""A message of the queue that brings enriched events, as a submission."""

from putevents.errors import BadRequestError
from putevents.ingest.enriched import sort_envelopes
from putevents.ingest.enriched_submission import EnrichedSubmission
from putevents.queue.messages import ReceivedMessage
from putevents.wire.enriched_body import ENRICHED_EVENTS, is_enriched, read_member
from putevents.wire.json_object import read_json, read_quickly

_NO_APPLICATION = "Missing ApplicationId (ApplicationId)"


def enriched_message(message: ReceivedMessage) -> EnrichedSubmission | None:
    """Return the submission of a message with enriched events, None for any other message.

    Raises RequestError for one that can never be delivered. Its parts are delivered and, if that
    fails, queued as messages in the normal form: only if the queue fails too it stays as it is.
    """
    body = message.body
    tree = read_quickly(body)
    if not is_enriched(tree):
        return None
    application_id = tree.get("ApplicationId")
    if not isinstance(application_id, str):
        raise BadRequestError(_NO_APPLICATION)
    submission = EnrichedSubmission.of(
        application_id,
        len(body),
        message.arrival,
        attempt=message.attempt,
        queued_at=message.queued_at,
        is_message=True,
        has_waited=message.has_waited,
        destinations=message.destinations,
    )
    envelopes = read_member(tree[ENRICHED_EVENTS])
    arrivals = [message.arrival] * len(envelopes)
    raw = lambda: read_member(read_json(body)[ENRICHED_EVENTS])  # noqa: E731
    sort_envelopes(submission, envelopes, arrivals, raw)
    return submission
