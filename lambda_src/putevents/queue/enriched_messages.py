"""The format of messages with enriched events, as dead letters have it."""

from collections.abc import Iterator
from typing import Any

from putevents.queue.messages import body_of, is_too_long, json_text, raw_bodies
from putevents.wire.enriched_body import ENRICHED_EVENTS
from putevents.wire.repeated import Repeated


def enriched_bodies(application_id: str, raw: dict[str, Any]) -> Iterator[str]:
    """Yield raw parts with envelopes for events as bodies, each kind as the queue door reads it."""
    endpoints = {
        endpoint_id: {"Endpoint": batch["Endpoint"], "Events": {}}
        for endpoint_id, batch in raw.items()
        if batch["Endpoint"]
    }
    if endpoints:
        yield from raw_bodies(application_id, endpoints)
    found = [event for batch in raw.values() for event in batch["Events"].values()]
    copies = [event if isinstance(event, Repeated) else [event] for event in found]
    yield from _envelope_bodies(application_id, [copy for each in copies for copy in each])


def _envelope_bodies(application_id: str, envelopes: list[Any]) -> Iterator[str]:
    body = body_of(application_id, ENRICHED_EVENTS, json_text(envelopes))
    if len(envelopes) > 1 and is_too_long(body):
        middle = len(envelopes) // 2
        yield from _envelope_bodies(application_id, envelopes[:middle])
        yield from _envelope_bodies(application_id, envelopes[middle:])
    elif envelopes:
        yield body
