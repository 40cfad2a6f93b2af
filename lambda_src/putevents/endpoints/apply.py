"""Applies the updates of one request: what concerns each other in order, the rest at once."""

from putevents.endpoints.addresses import take_addresses
from putevents.endpoints.groups import Asked, groups
from putevents.endpoints.item import USER_ID, Item
from putevents.endpoints.places import Places
from putevents.endpoints.store import StoreError, check_time
from putevents.endpoints.update import Update, Updated
from putevents.endpoints.work import Work


def apply(work: Work, asked: list[Asked], failures: list[StoreError]) -> dict[str, Updated]:
    """Update endpoints; what became of those that were, by id. Adds to `failures`."""
    # An update without members is only read; one that names a user may join or leave one.
    known = work.read(a.key for a in asked if not a.members or USER_ID in a.members)
    spelled = _spelled(work, [a for a in asked if USER_ID in a.members and a.key not in known])
    places, done = Places(work, known), dict[str, Updated]()
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
                done[id_] = update.apply(members, known.get(key))
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
    return done


def _spelled(work: Work, new: list[Asked]) -> set[str]:
    """The ids under whose letters an earlier version stored what is to be moved."""
    ids = [a.id for a in new if a.id != a.key]
    if ids:
        check_time(work.time_left)
    return set(work.read(ids))


def _is_quiet(asked: Asked, item: Item) -> bool:
    """Whether an update has nothing to write."""
    return not asked.members and item.created <= asked.change.created
