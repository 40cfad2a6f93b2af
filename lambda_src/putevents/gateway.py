"""What this process is: the applications it serves, its destination, its queue, each made once."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote

from putevents.breaker import Breaker
from putevents.destinations import load
from putevents.ingest.settle import any_final, final_answer
from putevents.observability import logger
from putevents.queue.retry import Rest, RetryQueue
from putevents.settings import settings
from putevents.time_left import time_left
from putevents.wire.arrival import Arrival, Arrivals
from putevents.wire.schemas import EndpointItemResponse, ItemResponse, PublicEndpoint, ValidBatch

destination = load(settings())
retry_queue = RetryQueue(settings())
# As long as what failed once waits on the queue: it would find the destination untried.
breaker = Breaker(settings().retry_delay_seconds)
AnswerT = TypeVar("AnswerT")


class UnknownApplicationError(Exception):
    """This gateway does not serve the application."""


def served(application_id: str) -> str:
    """The id as it stood in a path, decoded; raises UnknownApplicationError if not served."""
    application_id = unquote(application_id)
    if not settings().serves(application_id):
        raise UnknownApplicationError("Application not found.")
    return application_id


def deliver(
    application_id: str, batch_item: dict[str, ValidBatch], arrivals: Arrivals
) -> dict[str, ItemResponse] | None:
    """Deliver, see Destination; None if it was not tried: it is down, or the time is short."""
    nothing: dict[str, ItemResponse] = {}
    return _ask(
        application_id,
        lambda: destination.deliver(application_id, batch_item, arrivals),
        lambda answers: any_final(batch_item, answers),
        failed=nothing,
    )


def update_endpoint(
    application_id: str, endpoint_id: str, endpoint: PublicEndpoint, arrival: Arrival
) -> EndpointItemResponse | None:
    """Create or update one endpoint; None if that failed or was not tried."""
    return _ask(
        application_id,
        lambda: destination.update_endpoint(application_id, endpoint_id, endpoint, arrival),
        lambda answer: final_answer(answer) is not None,
        failed=None,
    )


def queue(rest: Rest) -> list[dict[str, ValidBatch]]:
    """Queue what a request left undelivered; the pieces that the queue did not take."""
    [not_queued] = retry_queue.queue([rest])
    if not_queued:
        breaker.close(rest.application_id)
    return not_queued


def _ask(
    application_id: str,
    call: Callable[[], AnswerT],
    is_answered: Callable[[AnswerT], bool],
    failed: AnswerT,
) -> AnswerT | None:
    if not (breaker.lets_through(application_id) and time_left.is_enough_to_deliver()):
        return None
    try:
        answer = call()
    except Exception as error:
        # A bug of the destination's confirms nothing; what was to be delivered can still be queued.
        logger.exception("destination failed", error=type(error).__name__)
        answer = failed
    breaker.note(application_id, answered=is_answered(answer))
    return answer
