"""What the update of an endpoint does, by Pinpoint's rules, to other items."""

from time import time_ns

from putevents.endpoints.item import ADDRESS, FORMER_USER, STATUS, USER_ID, Item, Member, Members
from putevents.endpoints.keys import user_key
from putevents.endpoints.store import ItemStore
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import DEVICE_CHANNELS


class Others:
    """The items beside the endpoint that is updated; `stamp` is that of the update."""

    def __init__(self, store: ItemStore, application_id: str, endpoint_id: str, stamp: str) -> None:
        self._store = store
        self._application_id = application_id
        self._endpoint_id = endpoint_id
        self._stamp = stamp

    def share(self, user_id: str, attributes: Members) -> None:
        """Set attributes of a user, which all endpoints of the user show."""
        if user_id and attributes:
            self._write(user_key(user_id), attributes, create=True)

    def make_room(self, user_id: str, joining: Members) -> bool:
        """Whether a user can have one endpoint more; the oldest device leaves for another one."""
        others = self._but_this(self._store.find_by_user(self._application_id, user_id))
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return True
        channel = joining.get("ChannelType")
        items = self._store.read(self._application_id, others)
        devices = [id_ for id_ in items if items[id_].value("ChannelType") in DEVICE_CHANNELS]
        if not channel or channel.value not in DEVICE_CHANNELS or not devices:
            return False
        oldest = min(devices, key=lambda id_: (str(items[id_].value("EffectiveDate") or ""), id_))
        left = {USER_ID: "", FORMER_USER: user_id, STATUS: "INACTIVE"}
        members = {name: Member(value, self._stamp) for name, value in left.items()}
        self._write(oldest, members, create=False)
        return True

    def take_address(self, address: str, item: Item) -> str:
        """Make the other endpoints with this address INACTIVE.

        Returns the stamp of one that was updated later with the address of `item`, if there is
        one: the address is that endpoint's.
        """
        others = self._but_this(self._store.find_by_address(self._application_id, address))
        newest = ""
        for other, its in self._store.read(self._application_id, others).items():
            claim = _claim(its)
            if claim > self._stamp and its.value(ADDRESS) == item.value(ADDRESS):
                newest = max(newest, claim)
            else:
                silent = {STATUS: Member("INACTIVE", self._stamp)}
                self._write(other, silent, create=False)
        return newest

    def _but_this(self, ids: list[str]) -> list[str]:
        return [id_ for id_ in ids if id_ != self._endpoint_id]

    def _write(self, id_: str, members: Members, *, create: bool) -> None:
        # Since when the updated endpoint exists says nothing about another one.
        now = time_ns() // 1_000_000
        self._store.write(self._application_id, id_, members, now, create=create)


def _claim(item: Item) -> str:
    """The stamp of the last update by which an endpoint had its address to itself."""
    status, address = item.members.get(STATUS), item.members.get(ADDRESS)
    awake = status.stamp if status and status.value == "ACTIVE" else ""
    return max(awake, address.stamp if address else "")
