"""Applies the updates of one request: what concerns each other in order, the rest at once."""

from collections.abc import Iterator

from putevents.endpoints.addresses import take_addresses
from putevents.endpoints.groups import Asked, groups
from putevents.endpoints.item import USER_ID, Item
from putevents.endpoints.keys import is_user_id, is_user_key, user_key
from putevents.endpoints.people import People
from putevents.endpoints.places import Places
from putevents.endpoints.store import StoreError, check_time
from putevents.endpoints.update import Update, Updated
from putevents.endpoints.work import Work


def apply(
    work: Work, asked: list[Asked], failures: list[StoreError]
) -> tuple[dict[str, Updated], People]:
    """Update endpoints; what became of those that were, by id, and their users.

    Adds to `failures`.
    """
    keys = list(dict.fromkeys(_to_read(asked)))
    stored = work.read_stored(keys)
    users = {key: stored.pop(key) for key in keys if is_user_key(key) and key in stored}
    known = {key: item for key, item in stored.items() if item.revision}
    spelled = _spelled(work, [a for a in asked if USER_ID in a.members and a.key not in known])
    places, done = Places(work, known), dict[str, Updated]()
    places.people.note_read(keys, users)
    todo: dict[int, list[Asked]] = {}
    for number, group in enumerate(groups(asked)):
        item = known.get(group[0].key)
        if len(group) == 1 and item and _is_quiet(group[0], item):
            done[group[0].id] = Updated(item)
        else:
            todo[number] = group

    def update_group(number: int) -> None:
        for place, (id_, key, _, members, change) in enumerate(todo[number]):
            if place:
                check_time(work.time_left)
            with work.store.together():
                update = Update(work, places, id_, change)
                if id_ in spelled and key not in known and update.adopt():
                    known.update(work.read([key]))
                done[id_] = update.apply(members, known.get(key) or stored.get(key))
            if done[id_].item.revision:
                known[key] = done[id_].item
                places.note(key, known[key])

    failures += work.do_all(update_group, todo)[1]
    claims = {id_: updated.claim for id_, updated in done.items() if updated.claim}
    if claims:
        inactive, unsettled, failed = take_addresses(work, claims.values())
        failures += failed
        for id_, claim in claims.items():
            if claim.key in unsettled:
                del done[id_]
            elif claim.key in inactive:
                done[id_] = done[id_]._replace(item=inactive[claim.key])
    return done, places.people


def _to_read(asked: list[Asked]) -> Iterator[str]:
    """The keys of what is read before anything is written.

    An update without members is only read; one that names a user may join or leave one.
    """
    for update in asked:
        user = update.members.get(USER_ID)
        if user or not update.members:
            yield update.key
        if user and is_user_id(str(user.value)):
            yield user_key(str(user.value))


def _spelled(work: Work, new: list[Asked]) -> set[str]:
    """The ids under whose letters an earlier version stored what is to be moved."""
    ids = [a.id for a in new if a.id != a.key]
    if ids:
        check_time(work.time_left)
    return set(work.read(ids))


def _is_quiet(asked: Asked, item: Item) -> bool:
    """Whether an update has nothing to write, and nothing to reject."""
    owner = asked.change.arrival.caller.owner
    is_own = not owner or item.owner == owner
    return is_own and not asked.members and item.created <= asked.change.created
