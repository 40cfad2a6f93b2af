"""Messages of one application joined into full calls, each endpoint in a call only once."""

from collections.abc import Iterable, Sequence
from time import perf_counter

from putevents import gateway
from putevents.observability import annotate, tracer
from putevents.queue.received import Message
from putevents.wire.schemas import MAX_EVENTS_PER_CALL, MAX_REQUEST_BYTES


def join(messages: Iterable[Message]) -> list[list[Message]]:
    """The messages, in groups that go out together.

    Two that name the same endpoint are not joined: each has an arrival of its own, and they may
    even hold the same event.
    """
    calls: list[list[Message]] = []
    for message in messages:
        for call in calls:
            if _fits(message, call):
                call.append(message)
                break
        else:
            calls.append([message])
    return calls


def _fits(message: Message, call: list[Message]) -> bool:
    return (
        message.report.application_id == call[0].report.application_id
        and message.items + sum(m.items for m in call) <= MAX_EVENTS_PER_CALL
        and sum(m.size for m in (message, *call)) <= MAX_REQUEST_BYTES
        and not any(message.good.keys() & m.good.keys() for m in call)
    )


def deliver(call: Sequence[Message]) -> None:
    """Deliver messages together; each gets the answers, or the failure that there are none.

    If nothing at all was answered, one of them may have spoilt it for the others: then each half is
    tried by itself, as long as the destination is not left alone for failing so often.
    """
    application_id = call[0].report.application_id
    batch_item = {e: batch for message in call for e, batch in message.good.items()}
    arrivals = {e: message.arrival for message in call for e in message.good}
    started = perf_counter()
    with tracer.provider.in_subsegment("deliver"):
        annotate(application_id, sum(message.events for message in call))
        answers = gateway.deliver(application_id, batch_item, arrivals)
    if answers == {} and len(call) > 1:
        middle = len(call) // 2
        deliver(call[:middle])
        deliver(call[middle:])
        return
    for message in call:
        message.report.latency_ms = (perf_counter() - started) * 1000
        if answers is None:
            message.failure = "The destination was not asked: it is down, or time was short."
        else:
            message.answers = answers
