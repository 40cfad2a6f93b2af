"""What is deleted leaves a tombstone, so that no older update that waited brings it back."""

from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import NamedTuple

from putevents.endpoints.item import Item
from putevents.endpoints.keys import endpoint_key, is_user_id, user_key
from putevents.endpoints.stamps import moment_stamp, stamp
from putevents.endpoints.store import check_time
from putevents.endpoints.work import Work
from putevents.wire.arrival import Arrival

# Before all stamps: of what names another user, nothing is forgotten.
_NEVER = moment_stamp(0)


class Forget(Enum):
    """What is forgotten of an endpoint that came before."""

    NOTHING = auto()
    ALL = auto()
    BUT_OTHERS = auto()  # what names another user than the one who is forgotten is stored


class Waited(NamedTuple):
    """Events that waited: of which user when they arrived, or of nobody."""

    user_id: str
    arrival: Arrival


def bury(work: Work, key: str, moment: int, forget: Forget = Forget.NOTHING) -> Item:
    """Delete an item as of a moment; what it was.

    If the item has seen a later update, by a clock ahead of ours, it is deleted as of that.
    """
    tombstone = _tombstone(moment_stamp(moment), forget, Item())
    first = was = work.store.bury(work.application_id, key, tombstone)
    while (
        was.latest > tombstone.latest
        or was.forgotten > tombstone.forgotten
        or was.forgotten_wholly > tombstone.forgotten_wholly
    ):
        tombstone = _tombstone(max(tombstone.latest, was.latest), forget, tombstone, was)
        was = work.store.bury(work.application_id, key, tombstone)
    return first


def bury_endpoint(work: Work, key: str, moment: int, forget: Forget = Forget.NOTHING) -> Item:
    """The same for an endpoint, which an earlier version stored under the letters of its id."""
    was = bury(work, endpoint_key(key), moment, forget)
    if key == endpoint_key(key):
        return was
    return work.store.delete(work.application_id, key) or was


def remove_user(work: Work, user_id: str) -> None:
    """Delete a user who has no endpoint left.

    That leaves no tombstone: an older update may tell of one more endpoint of the user.
    """
    was = work.store.delete(work.application_id, user_key(user_id))
    if was and was.deleted:  # but it stays known what was deleted or forgotten before
        tombstone = _tombstone(was.deleted, Forget.NOTHING, was)
        work.store.bury(work.application_id, user_key(user_id), tombstone)


def forgotten(work: Work, waited: Mapping[str, Waited]) -> set[str]:
    """The endpoints whose events came before the endpoint, or its user then, was forgotten."""
    keys = {id_: _keys(id_, found.user_id) for id_, found in waited.items()}
    items = work.read_stored(key for group in keys.values() for key in group)
    gone: set[str] = set()
    for id_, (user_id, arrival) in waited.items():
        endpoint = items.get(endpoint_key(id_), Item())
        user = items.get(user_key(user_id), Item())
        if is_forgotten(work, endpoint, user, user_id, stamp(arrival)):
            gone.add(id_)
    return gone


def is_forgotten(work: Work, endpoint: Item, user: Item, user_id: str, stamp: str) -> bool:
    """Whether events that name a user, or nobody, came before one of the two was forgotten."""
    if endpoint.has_forgotten(stamp, user_id) or stamp <= user.forgotten:
        return True
    if stamp > endpoint.forgotten or not is_user_id(user_id):
        return False
    # The user is forgotten before the endpoint is, so perhaps between the reads of the two.
    check_time(work.time_left)
    key = user_key(user_id)
    return stamp <= work.read_stored([key]).get(key, Item()).forgotten


def _keys(endpoint_id: str, user_id: str) -> Iterable[str]:
    return [endpoint_key(endpoint_id), *([user_key(user_id)] if is_user_id(user_id) else [])]


def _tombstone(deleted: str, forget: Forget, *before: Item) -> Item:
    """What takes the place of items, and keeps what was forgotten of them."""
    forgotten = max(item.forgotten for item in before)
    wholly = max(item.forgotten_wholly for item in before)
    if forget != Forget.NOTHING:
        forgotten = deleted
        wholly = deleted if forget == Forget.ALL else wholly or _NEVER
    spares = wholly if wholly < forgotten else ""
    return Item(latest=deleted, deleted=deleted, forgotten=forgotten, spares=spares)
