"""The second step: deliver to a destination, several submissions in one call where that fits."""

from collections import deque
from collections.abc import Iterable, Mapping
from time import monotonic, perf_counter

from putevents.breaker import Breaker
from putevents.destinations import Destination
from putevents.errors import LeftAloneError, NotDeliveredError, NotTriedError
from putevents.ingest.delivery import Delivery
from putevents.ingest.settle import any_final
from putevents.observability import annotate, concerning, logger, traced
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import MAX_EVENTS_PER_CALL, MAX_REQUEST_BYTES, ItemResponse, ValidBatch

# A call that fails so late has timed out; another one would keep everybody waiting as long.
SLOW_SECONDS = 3.0


def deliver(
    destination: Destination,
    breaker: Breaker,
    deliveries: Iterable[Delivery],
    time_left: TimeLeft,
) -> None:
    """Deliver what is valid; each delivery gets the answers for its parts.

    Each application is asked for once before any is asked for again, so that one which takes
    long to fail leaves time for the others. One that took very long is not asked again at all.
    """
    calls, slow = deque(_joined(deliveries)), set[str]()
    while calls:
        call = calls.popleft()
        application_id = call[0].application_id
        if application_id in slow:
            _leave(call, LeftAloneError())
            continue
        began = monotonic()
        calls.extend(_deliver_call(destination, breaker, call, time_left))
        if not call[0].answers and monotonic() - began >= SLOW_SECONDS:
            slow.add(application_id)


def _joined(deliveries: Iterable[Delivery]) -> list[list[Delivery]]:
    """Group deliveries that fit into one call."""
    calls: list[_Call] = []
    for delivery in deliveries:
        if not any(call.takes(delivery) for call in calls):
            calls.append(_Call(delivery))
    return [call.deliveries for call in calls]


class _Call:
    """Deliveries of one application that go together.

    Two that name the same endpoint do not: each has an arrival of its own, and they may even hold
    the same event.
    """

    def __init__(self, first: Delivery) -> None:
        self.deliveries = [first]
        self._items, self._size = _items(first), first.size
        self._endpoint_ids = set(first.valid)

    def takes(self, delivery: Delivery) -> bool:
        """Take one more if it fits; return whether it does."""
        items, size = self._items + _items(delivery), self._size + delivery.size
        fits = (
            delivery.application_id == self.deliveries[0].application_id
            and items <= MAX_EVENTS_PER_CALL
            and size <= MAX_REQUEST_BYTES
            and self._endpoint_ids.isdisjoint(delivery.valid)
        )
        if fits:
            self.deliveries.append(delivery)
            self._items, self._size = items, size
            self._endpoint_ids.update(delivery.valid)
        return fits


def _items(delivery: Delivery) -> int:
    # An endpoint without events takes as much of a call as an event does.
    return sum(len(batch.events) or 1 for batch in delivery.valid.values())


def _deliver_call(
    destination: Destination, breaker: Breaker, call: list[Delivery], time_left: TimeLeft
) -> list[list[Delivery]]:
    """Deliver them together; return the calls that are to be made instead, if any.

    If nothing at all was answered, one of them may have spoilt the call for the others: then each
    half is tried alone, until the breaker opens.
    """
    application_id = call[0].application_id
    batch_item = {e: batch for delivery in call for e, batch in delivery.valid.items()}
    arrivals = {e: d.arrival.at(batch.order) for d in call for e, batch in d.valid.items()}
    started = perf_counter()
    request_ids = (delivery.arrival.request_id for delivery in call)
    with concerning(request_ids), traced("deliver") as delivering:
        annotate(delivering, application_id, sum(len(b.events) for b in batch_item.values()))
        answers, answered = _call_destination(
            destination, breaker, application_id, batch_item, arrivals, time_left
        )
    if answers is not None and not answered and len(call) > 1:
        middle = len(call) // 2
        return [call[:middle], call[middle:]]
    for delivery in call:
        delivery.latency_ms = round((perf_counter() - started) * 1000, 2)
        if answers is not None:
            delivery.answers = answers
    if answers is None:
        is_open = breaker.is_open(application_id)
        _leave(call, LeftAloneError() if is_open else NotTriedError())
    return []


def _leave(call: Iterable[Delivery], error: NotDeliveredError) -> None:
    for delivery in call:
        delivery.not_asked = error


def _call_destination(
    destination: Destination,
    breaker: Breaker,
    application_id: str,
    batch_item: dict[str, ValidBatch],
    arrivals: Arrivals,
    time_left: TimeLeft,
) -> tuple[Mapping[str, ItemResponse] | None, bool]:
    """Return the destination's answers, None if it was not asked; and whether any is final."""
    if not (time_left.is_enough_to_deliver() and breaker.lets_through(application_id)):
        return None, False
    try:
        answers = destination.deliver(application_id, batch_item, arrivals, time_left)
        answered = any_final(batch_item, answers)
    except Exception as error:
        # A bug of the destination's confirms nothing; what was to be delivered can still be queued.
        logger.exception("destination failed", error=type(error).__name__)
        answers, answered = {}, False
    breaker.note(application_id, answered=answered)
    return answers, answered
