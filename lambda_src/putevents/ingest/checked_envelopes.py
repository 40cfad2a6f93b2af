"""Envelopes of enriched events, each translated and checked; those that are the same found."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from putevents.ingest.validate import validate_endpoint
from putevents.wire.enriched_events import (
    CLIENT_ID,
    DUPLICATE_ID,
    Facts,
    content,
    endpoint_of,
    respelled,
    translate,
)
from putevents.wire.rules import Rejection
from putevents.wire.schemas import NO_UPDATE, Event, PublicEndpoint

_Key = tuple[str, str, bool]


class CheckedEnvelope(NamedTuple):
    """An event and what it says of its endpoint; instead of the event, the rule that it breaks."""

    event_id: str
    client_id: str
    event: Event | Rejection
    facts: Facts
    endpoint: PublicEndpoint
    repeats: int | None = None  # the number of an envelope that says the same

    @property
    def key(self) -> _Key:
        """Equal for events that a table could not tell apart."""
        return self.client_id.casefold(), self.event_id, isinstance(self.event, Rejection)


def check(envelopes: Sequence[Any], application_id: str, size: int) -> list[CheckedEnvelope]:
    """Check envelopes in order; `size` is that of the whole text.

    Two with one id are one event if they say the same, and are both rejected otherwise.
    """
    endpoints: dict[Any, PublicEndpoint | Rejection] = {}
    checked = [_checked(envelope, application_id, endpoints, size) for envelope in envelopes]
    first: dict[_Key, int] = {}
    contents: dict[_Key, Any] = {}
    differ: set[_Key] = set()
    for number, one in enumerate(checked):
        same = first.setdefault(one.key, number)
        if same == number:
            continue
        if one.key not in contents:
            contents[one.key] = content(envelopes[same])
        if content(envelopes[number]) == contents[one.key]:
            checked[number] = one._replace(repeats=same)
        elif not isinstance(one.event, Rejection):
            differ.add(one.key)
    return [one._replace(event=DUPLICATE_ID) if one.key in differ else one for one in checked]


def _checked(
    envelope: Any, application_id: str, endpoints: dict[Any, PublicEndpoint | Rejection], size: int
) -> CheckedEnvelope:
    event_id, client_id, event, facts = translate(envelope, application_id)
    if isinstance(event, Rejection):
        return CheckedEnvelope(event_id, client_id, event, facts, NO_UPDATE)
    said = client_id, *facts.items()
    endpoint = endpoints.get(said)
    if endpoint is None:
        endpoint = _endpoint(client_id, facts, size)
        endpoints[said] = endpoint
    if isinstance(endpoint, Rejection):
        return CheckedEnvelope(event_id, client_id, endpoint, facts, NO_UPDATE)
    return CheckedEnvelope(event_id, client_id, event, facts, endpoint)


def _endpoint(client_id: str, facts: Facts, size: int) -> PublicEndpoint | Rejection:
    endpoint = validate_endpoint(client_id, endpoint_of(facts), size)
    if not isinstance(endpoint, Rejection):
        return endpoint
    return respelled(endpoint) if endpoint.key else endpoint.inside(CLIENT_ID)
