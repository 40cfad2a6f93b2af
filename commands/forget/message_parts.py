"""Queue messages without a person's parts."""

import json
from typing import Any, NamedTuple

from commands.forget.person import Person


class Cut(NamedTuple):
    """A body without the person's parts, None if nothing is left; how many parts were theirs."""

    body: str | None
    parts: int


def cut(body: str, person: Person) -> Cut:
    """Take the person's endpoints and their events out of a message's body.

    Raises ValueError if the body is no message of the gateway's.
    """
    message = json.loads(body)
    try:
        application_id = message["ApplicationId"]
        batch_item = message["EventsRequest"]["BatchItem"]
        along = message.get("AsOfArrival") or {}
        theirs = {
            id_
            for id_, batch in batch_item.items()
            if person.has_part(
                application_id, id_, _member(batch, "Endpoint"), _member(along.get(id_), "Endpoint")
            )
        }
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("The body is no message of the gateway's.") from error
    if not theirs:
        return Cut(body, 0)
    if len(theirs) == len(batch_item):
        return Cut(None, len(theirs))
    for id_ in theirs:
        del batch_item[id_]
        along.pop(id_, None)
    # Half a surrogate pair and the two characters that SQS does not take stay escaped.
    return Cut(json.dumps(message, separators=(",", ":")), len(theirs))


def _member(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None
