"""Enriched events in the shapes of PutEvents, so that the page shows both alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from putevents.wire.answers import ACCEPTED, as_object
from putevents.wire.enriched_events import event_id_of

Ids = tuple[str, str]  # of the endpoint, empty if the envelope has none, and of the event


def ids_of(application_id: str, envelopes: Iterable[Any]) -> list[Ids]:
    """The ids of each envelope, in order."""
    return [(_client_id(one), event_id_of(one, application_id)) for one in envelopes]


def batch_item(application_id: str, envelopes: list[Any]) -> dict[str, Any]:
    """Envelopes as the events of endpoints."""
    found: dict[str, Any] = {}
    for (client_id, event_id), one in zip(
        ids_of(application_id, envelopes), envelopes, strict=True
    ):
        found.setdefault(client_id, {"Events": {}})["Events"][event_id] = one
    return found


def results(told: Iterable[Mapping[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to enriched events as those to the events of endpoints."""
    answers = {one["EventId"]: one for one in told}
    return {
        client_id: {
            "EndpointItemResponse": ACCEPTED,
            "EventsItemResponse": {
                event_id: {name: answers[event_id][name] for name in ACCEPTED}
                for event_id in batch["Events"]
                if event_id in answers
            },
        }
        for client_id, batch in asked.items()
    }


def came(endpoint: Any, event: Any) -> dict[str, Any]:
    """What came of an event; an envelope says of its endpoint what there is to say."""
    if isinstance(event, dict) and "client" in event and "EventType" not in event:
        return {"EnrichedEvent": event}
    return {"Endpoint": endpoint, "Event": event}


def _client_id(envelope: Any) -> str:
    client_id = as_object(as_object(envelope).get("client")).get("client_id")
    return client_id if isinstance(client_id, str) else ""
