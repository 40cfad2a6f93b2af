"""Which applications `make run` serves: those that a deploy with the same destinations may."""

import re
from collections.abc import Sequence

from infra.names import MAX_APPLICATIONS, MAX_LAKE_ID_CHARACTERS, SEGMENT, room

ANY = "*"


def can_be_deployed(application_id: str, destinations: Sequence[str]) -> bool:
    """Whether the deploy setting may name an id; `local` stands for the lake."""
    return (
        re.fullmatch(SEGMENT, application_id) is not None
        and len(application_id) <= _longest(destinations)
    )  # fmt: skip


def complaint(text: str, destinations: Sequence[str]) -> str:
    """What is wrong with a list of ids; empty if nothing is."""
    ids = [*dict.fromkeys(part.strip() for part in text.split(","))]
    if ids == [ANY]:
        return ""
    if not all(re.fullmatch(SEGMENT, id_) for id_ in ids):
        return (
            "APPLICATION_IDS should be * or ids of letters, digits, '.', '_' and '-' (a,b),"
            f" not {text!r}."
        )
    if long := [id_ for id_ in ids if not can_be_deployed(id_, destinations)]:
        return (
            f"APPLICATION_IDS: no deploy can serve {long[0]!r}, which has {len(long[0])}"
            f" characters: {_longest(destinations)} at most."
        )
    if len(ids) > MAX_APPLICATIONS or len(",".join(ids)) > room(len(destinations)):
        return (
            f"APPLICATION_IDS: no deploy can serve {len(ids)} ids of {len(','.join(ids))}"
            f" characters: {MAX_APPLICATIONS} at most, of {room(len(destinations))} characters"
            " together."
        )
    return ""


def _longest(destinations: Sequence[str]) -> int:
    whole = room(len(destinations))
    return whole if destinations[0] == "pinpoint" else min(MAX_LAKE_ID_CHARACTERS, whole)
