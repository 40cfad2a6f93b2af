"""The places that a user has for endpoints, and which device gives its own to a new one."""

from contextlib import suppress

from putevents.endpoints.item import EFFECTIVE_DATE, STATUS, USER_ID, Item, Member, Members
from putevents.endpoints.people import People
from putevents.endpoints.repeated_attributes import write_repeated
from putevents.endpoints.store import check_time
from putevents.endpoints.work import Work
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import DEVICE_CHANNELS
from putevents.wire.timestamps import milliseconds


class Places:
    """The endpoints of users as one request sees them: looked up once, and kept up to date here.

    An index need not show the writes of the request yet. `known` are items as the request has read
    them, and as it writes them.
    """

    def __init__(self, work: Work, known: dict[str, Item]) -> None:
        self._work = work
        self._keys: dict[str, set[str]] = {}
        self._found: set[str] = set()  # users whose endpoints were looked up
        self._items = known
        self.people = People(work)
        for key, item in list(known.items()):
            self.note(key, item)

    def note(self, key: str, item: Item) -> None:
        """Note an endpoint as the request has read or written it."""
        known = self._items.get(key)
        if known is None or known.revision <= item.revision:
            self._items[key] = item
        if item.user_id:
            self._keys.setdefault(item.user_id, set()).add(key)

    def make_room(self, user_id: str, key: str, joining: Members, stamp: str) -> bool:
        """Whether a user can have one endpoint more; the oldest device leaves for another one."""
        others = self._of_user(user_id) - {key}
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return True
        items = self._read(user_id, others)
        if len(items) < MAX_ENDPOINTS_PER_USER:
            return True
        channel = joining.get("ChannelType")
        devices = [id_ for id_ in items if items[id_].value("ChannelType") in DEVICE_CHANNELS]
        if not channel or channel.value not in DEVICE_CHANNELS or not devices:
            return False
        oldest = min(devices, key=lambda id_: (*_updated(items[id_]), id_))
        left = {USER_ID: "", STATUS: "INACTIVE"}
        members = {name: Member(value, stamp) for name, value in left.items()}
        check_time(self._work.time_left)
        write_repeated(self._work, self.people, items[oldest])
        item = items[oldest]
        leaving = item.leaving(user_id, stamp) | item.naming("", stamp, item.created)
        self.note(oldest, self._work.write_to_other(oldest, members | leaving))
        return True

    def others(self, user_id: str, key: str) -> list[Item]:
        """The endpoints of a user but for the one of a key."""
        keys = self._of_user(user_id) - {key}
        return list(self._read(user_id, keys).values())

    def _of_user(self, user_id: str) -> set[str]:
        keys = self._keys.setdefault(user_id, set())
        if user_id not in self._found:
            keys.update(self._work.find_by_user(user_id))
            self._found.add(user_id)
        return keys

    def _read(self, user_id: str, keys: set[str]) -> dict[str, Item]:
        """Those of the endpoints that are still the user's; each is read once a request."""
        check_time(self._work.time_left)
        unknown = [key for key in keys if key not in self._items]
        for key, item in self._work.read(unknown).items() if unknown else ():
            self.note(key, item)
        found = {key: self._items[key] for key in keys if key in self._items}
        items = {key: item for key, item in found.items() if item.user_id == user_id}
        self._keys[user_id] -= keys - items.keys()
        return items


def _updated(item: Item) -> tuple[int, str]:
    """When an endpoint was last updated, by our clock or, if that is later, by its client's.

    A clock that is years slow does not make the device in use the oldest.
    """
    date = item.members.get(EFFECTIVE_DATE)  # each update sets it; other writes leave it alone
    ours = date.stamp if date else item.latest
    moment = int(ours.partition("-")[0] or item.created)
    with suppress(TypeError, ValueError):  # stored by an earlier version, with any text or none
        moment = max(moment, milliseconds(item.value(EFFECTIVE_DATE)))
    return moment, ours
