"""Which updates of a request are applied one after the other, because they concern each other."""

from collections import Counter
from typing import NamedTuple

from putevents.endpoints.item import USER_ID, Members, members_of
from putevents.endpoints.keys import endpoint_key, user_key
from putevents.endpoints.stamps import stamp
from putevents.endpoints.update import Change


class Asked(NamedTuple):
    """An update on its way: its endpoint's id and key, its stamp, and the members that it names."""

    id: str
    key: str
    stamp: str
    members: Members
    change: Change


def in_order(changes: dict[str, Change]) -> list[Asked]:
    """The updates in the order of their stamps; of one request, a later one has a later stamp."""
    asked: list[Asked] = []
    seen: Counter[str] = Counter()
    for id_, change in changes.items():
        arrival = change.arrival
        arrival = arrival.at(arrival.order or seen[arrival.request_id])
        seen[arrival.request_id] += 1
        when, change = stamp(arrival), change._replace(arrival=arrival)
        members = members_of(change.endpoint, when)
        asked.append(Asked(id_, endpoint_key(id_), when, members, change))
    return sorted(asked, key=lambda update: update.stamp)


def groups(asked: list[Asked]) -> list[list[Asked]]:
    """Updates that share an endpoint or a user, in order; those of one address settle it later."""
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        parent = parents.setdefault(key, key)
        while parent != parents[parent]:
            parents[key] = parent = parents[parent]
        return parent

    for update in asked:
        user = update.members.get(USER_ID)
        if user and user.value:
            parents[root(update.key)] = root(user_key(str(user.value)))
    found: dict[str, list[Asked]] = {}
    for update in asked:
        found.setdefault(root(update.key), []).append(update)
    return list(found.values())
