"""What is deleted leaves a tombstone, so that no older update that waited brings it back."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from putevents.endpoints.item import Item, stamp
from putevents.endpoints.keys import endpoint_key, is_user_id, user_key
from putevents.endpoints.work import Work
from putevents.wire.arrival import Arrival


class Waited(NamedTuple):
    """Events that waited: of which user when they arrived, or of nobody."""

    user_id: str
    arrival: Arrival


def deletion_stamp(moment: int) -> str:
    """A stamp before those of all updates of a moment in Unix time in ms, which may follow it."""
    return f"{moment:013d}"


def bury(work: Work, key: str, moment: int, *, forget: bool = False) -> Item:
    """Delete an item as of a moment; what it was.

    If the item has seen a later update, by a clock ahead of ours, it is deleted as of that.
    """
    deleted = deletion_stamp(moment)
    tombstone = _tombstone(deleted, deleted if forget else "")
    first = was = work.store.bury(work.application_id, key, tombstone)
    while was.latest > tombstone.latest or was.forgotten > tombstone.forgotten:
        deleted = max(tombstone.latest, was.latest)
        forgotten = deleted if forget else was.forgotten
        tombstone = _tombstone(deleted, forgotten)
        was = work.store.bury(work.application_id, key, tombstone)
    return first


def bury_endpoint(work: Work, key: str, moment: int, *, forget: bool = False) -> Item:
    """The same for an endpoint, which an earlier version stored under the letters of its id."""
    was = bury(work, endpoint_key(key), moment, forget=forget)
    if key == endpoint_key(key):
        return was
    return work.store.delete(work.application_id, key) or was


def remove_user(work: Work, user_id: str) -> None:
    """Delete a user who has no endpoint left.

    That leaves no tombstone: an older update may tell of one more endpoint of the user.
    """
    was = work.store.delete(work.application_id, user_key(user_id))
    if was and was.deleted:  # but it stays known what was deleted or forgotten before
        work.store.bury(
            work.application_id, user_key(user_id), _tombstone(was.deleted, was.forgotten)
        )


def forgotten(work: Work, waited: Mapping[str, Waited]) -> set[str]:
    """The endpoints whose events came before the endpoint, or its user then, was forgotten."""
    keys = {id_: _keys(id_, found.user_id) for id_, found in waited.items()}
    items = work.read_stored(key for group in keys.values() for key in group)
    return {
        id_
        for id_, found in waited.items()
        if any(stamp(found.arrival) <= items[key].forgotten for key in keys[id_] if key in items)
    }


def _keys(endpoint_id: str, user_id: str) -> Iterable[str]:
    return [endpoint_key(endpoint_id), *([user_key(user_id)] if is_user_id(user_id) else [])]


def _tombstone(deleted: str, forgotten: str) -> Item:
    return Item(latest=deleted, deleted=deleted, forgotten=forgotten)
