"""Messages that home is not given: it is asked who of them was forgotten since they came."""

from collections import deque
from collections.abc import Iterable, Sequence

from putevents.destinations import Home
from putevents.errors import DestinationError, NotDeliveredError, NotTriedError
from putevents.ingest.submission import Submission
from putevents.observability import concerning, logger
from putevents.time_left import TimeLeft
from putevents.wire.schemas import EndpointResponse, PublicEndpoint


def leave_out_forgotten(home: Home, submissions: Sequence[Submission], time_left: TimeLeft) -> None:
    """Ask home about what is not delivered to it, which would have told it by itself.

    Nothing of a person who may be forgotten is delivered anywhere, so what home says nothing of
    fails. One that does not answer is not asked again for the same application.
    """
    asked = (s for s in submissions if s.valid and not s.is_for_home)
    calls, failing = deque(_joined(asked)), set[str]()
    while calls:
        call = calls.popleft()
        application_id = call[0].application_id
        if application_id in failing or not time_left.is_enough_to_deliver():
            for submission in call:
                submission.failure = _unknown() if application_id in failing else NotTriedError()
            continue
        try:
            _ask(home, application_id, call, time_left)
        except Exception as error:
            is_bug = not isinstance(error, DestinationError)
            with concerning(s.arrival.request_id for s in call):
                kind = type(error.__cause__ or error).__name__
                logger.warning("forgotten failed", error=kind, exc_info=is_bug)
            if is_bug and len(call) > 1:  # one of them may have caused it: each alone
                calls.extendleft([submission] for submission in reversed(call))
                continue
            failing.add(application_id)
            for submission in call:
                submission.failure = _unknown()


def _joined(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """Group those of an application that name no endpoint twice: each has an arrival of its own."""
    calls: list[tuple[list[Submission], set[str]]] = []
    for submission in submissions:
        for call, endpoint_ids in calls:
            is_same = call[0].application_id == submission.application_id
            if is_same and endpoint_ids.isdisjoint(submission.valid):
                call.append(submission)
                endpoint_ids.update(submission.valid)
                break
        else:
            calls.append(([submission], {*submission.valid}))
    return [call for call, _ in calls]


def _ask(home: Home, application_id: str, call: Sequence[Submission], time_left: TimeLeft) -> None:
    waiting = {
        endpoint_id: batch.stored or as_sent(application_id, endpoint_id, batch.endpoint)
        for submission in call
        for endpoint_id, batch in submission.valid.items()
    }
    arrivals = {id_: s.arrival.at(batch.order) for s in call for id_, batch in s.valid.items()}
    with concerning(submission.arrival.request_id for submission in call):
        gone = home.forgotten(application_id, waiting, arrivals, time_left)
    for submission in call:
        submission.forgotten = gone & submission.valid.keys()


def _unknown() -> NotDeliveredError:
    return NotDeliveredError("The first destination did not say who was forgotten.")


def as_sent(
    application_id: str, endpoint_id: str, endpoint: PublicEndpoint | None
) -> EndpointResponse:
    """Return an endpoint that home tells nothing of as its app sent it."""
    sent = endpoint.model_dump(by_alias=True, exclude_none=True) if endpoint else {}
    found: EndpointResponse = {**sent, "ApplicationId": application_id, "Id": endpoint_id}  # type: ignore[typeddict-item]
    return found
