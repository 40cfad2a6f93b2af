"""Queue messages without a person's parts."""

import json
from typing import Any, NamedTuple

from commands.forget.person import Person
from putevents.errors import RequestError
from putevents.wire.enriched_body import ENRICHED_EVENTS, read_member

_MEMBERS = {"ApplicationId", "EventsRequest", "AsOfArrival"}
_OF_ENRICHED = {"ApplicationId", ENRICHED_EVENTS}
_PARTS = {"Endpoint", "Events"}


class Cut(NamedTuple):
    """A body without the person's parts, None if nothing is left; how many parts were theirs.

    What is left may still name the person where no endpoint belongs: `problem` says so.
    """

    body: str | None
    parts: int
    problem: str | None = None


def cut(body: str, person: Person) -> Cut:
    """Take the person's endpoints and their events out of a message's body.

    A message that lacks its application, or what is around a request, is cut all the same: it is
    what producers get wrong, and lies among the dead letters.
    """
    reader = _Reader(person)
    try:
        document = json.loads(body, object_pairs_hook=reader.take_object)
        kept = reader.cut(document)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, RequestError):
        problem = "It names the person and is no message of the gateway's: delete it yourself."
        return Cut(body, 0, problem if person.is_named_in(body) else None)
    if not reader.parts:
        text: str | None = body
    else:  # half a surrogate pair and the two characters that SQS does not take stay escaped
        text = json.dumps(kept, separators=(",", ":")) if kept else None
    problem = "It names the person outside of an endpoint: delete it yourself."
    is_left = reader.is_odd and text is not None and person.is_named_in(text)
    return Cut(text, reader.parts, problem if is_left else None)


class _Reader:
    """Goes through one body."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.parts, self.is_odd = 0, False

    def take_object(self, members: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object; of two members of one name the first is not seen by anybody."""
        found = dict(members)
        self.is_odd |= len(found) < len(members)
        return found

    def cut(self, document: Any) -> Any:
        """The document without the person's parts; empty if nothing is left."""
        if isinstance(document, list):
            self.is_odd = True
            return [kept for item in document if (kept := self.cut(item))]
        if ENRICHED_EVENTS in document:
            return self._cut_enriched(document)
        application_id = document.get("ApplicationId")
        if not isinstance(application_id, str) or document.keys() - _MEMBERS:
            self.is_odd = True
        request = document if "BatchItem" in document else document["EventsRequest"]
        batch_item = request["BatchItem"]
        along = document.get("AsOfArrival") or {}
        for id_, batch in list(batch_item.items()):
            self.is_odd |= not isinstance(batch, dict) or bool(batch.keys() - _PARTS)
            endpoints = (_member(batch, "Endpoint"), _member(along.get(id_), "Endpoint"))
            if self._person.has_part(application_id, id_, *endpoints):
                del batch_item[id_]
                along.pop(id_, None)
                self.parts += 1
        return document if batch_item or not self.parts else None

    def _cut_enriched(self, document: dict[str, Any]) -> Any:
        """The same of enriched events, each of which names its endpoint and its user."""
        self.is_odd |= bool(document.keys() - _OF_ENRICHED)
        envelopes = read_member(document[ENRICHED_EVENTS])
        kept = [one for one in envelopes if not self._is_persons(document, one)]
        self.parts += len(envelopes) - len(kept)
        # A line or a value that is no envelope is not cut, whomever it names.
        self.is_odd |= any(not isinstance(one, dict) for one in kept)
        return {**document, ENRICHED_EVENTS: kept} if kept or not self.parts else None

    def _is_persons(self, document: dict[str, Any], envelope: Any) -> bool:
        client = _member(envelope, "client")
        client_id = _member(client, "client_id")
        endpoint = {"User": {"UserId": _member(client, "user_id")}}
        id_ = client_id if isinstance(client_id, str) else ""
        return self._person.has_part(document.get("ApplicationId"), id_, endpoint)


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None
