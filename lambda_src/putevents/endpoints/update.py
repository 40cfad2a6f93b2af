"""What one partial update does to its endpoint."""

from typing import NamedTuple

from putevents.endpoints.item import (
    ADDRESS,
    FORMER_USER,
    STATUS,
    USER_ID,
    Item,
    Member,
    Members,
    stamp,
    user_attributes,
)
from putevents.endpoints.keys import can_hold
from putevents.endpoints.others import Others
from putevents.endpoints.store import ItemStore, TooLargeError
from putevents.wire.arrival import Arrival
from putevents.wire.rules import TOO_MANY_ENDPOINTS
from putevents.wire.schemas import PublicEndpoint

TOO_LARGE = "Endpoint is too large to be stored, or a number in it is."


class Change(NamedTuple):
    """A partial update, when it arrived, and since when its endpoint exists (Unix time in ms)."""

    endpoint: PublicEndpoint
    arrival: Arrival
    created: int


class Updated(NamedTuple):
    """An endpoint's item after an update, and the rule for which that was rejected, if any."""

    item: Item
    rejection: str | None = None


class Update:
    """The update of one endpoint of an application."""

    def __init__(
        self, store: ItemStore, application_id: str, endpoint_id: str, change: Change
    ) -> None:
        self._store = store
        self._application_id = application_id
        self._endpoint_id = endpoint_id
        self._created = change.created
        self._stamp = stamp(change.arrival, endpoint_id)
        self._others = Others(store, application_id, endpoint_id, self._stamp)

    def apply(self, members: Members, known: Item | None) -> Updated:
        """Apply the update. `known` is the item as it was read, if the update names a user."""
        if not can_hold(members):
            return self._rejected(TOO_LARGE)
        try:
            return self._apply(members, known or Item())
        except TooLargeError:
            return self._rejected(TOO_LARGE)

    def _apply(self, members: Members, known: Item) -> Updated:
        own = dict(members)
        if members:  # an update makes an endpoint ACTIVE, unless it says otherwise
            own.setdefault(STATUS, Member("ACTIVE", self._stamp))
        if USER_ID not in own:
            before, after = self._write(own)
            self._others.share(after.user_at(self._stamp), user_attributes(members))
        else:
            user_id = str(own[USER_ID].value)
            if user_id and not self._may_join(user_id, known, own):
                return self._rejected(TOO_MANY_ENDPOINTS.message)
            before, after = self._change_user(user_id, own | self._leaving(known, user_id))
        return Updated(self._take_address(before, after, own))

    def _change_user(self, user_id: str, own: Members) -> tuple[Item, Item]:
        """Write an update that says who is signed in; an empty id means nobody."""
        if not user_id:
            before, after = self._write(own)
            if after.user_at(self._stamp) == after.user_id:  # a late sign-out; else it is nobody
                self._others.share(after.user_id, user_attributes(own))
            return before, after
        # Attributes that come with a user's id are the user's, not the endpoint's.
        shared = user_attributes(own)
        self._others.share(user_id, shared)
        own = {name: member for name, member in own.items() if name not in shared}
        before, after = self._write(own)
        joined = after.user_id == user_id and self._is_new(before, own, USER_ID)
        if joined and before.user_id in ("", user_id):
            # Attributes set while nobody was signed in become the user's.
            self._others.share(user_id, after.attributes_since_last_user())
        return before, after

    def _leaving(self, known: Item, user_id: str) -> Members:
        """Who leaves the endpoint by this update; attributes set until then stay theirs."""
        was, left = known.members.get(USER_ID), known.members.get(FORMER_USER)
        if was is None or was.value == user_id:
            return {}
        if was.stamp <= self._stamp:
            return {FORMER_USER: Member(was.value, self._stamp)} if was.value else {}
        # This update is late: its own user has left since.
        if user_id and (left is None or left.stamp <= self._stamp):
            return {FORMER_USER: Member(user_id, was.stamp)}
        return {}

    def _rejected(self, rule: str) -> Updated:
        """The endpoint as it was; one that did not exist still does not."""
        stored = self._store.read(self._application_id, [self._endpoint_id])
        return Updated(stored.get(self._endpoint_id) or Item(created=self._created), rule)

    def _is_new(self, before: Item, own: Members, name: str) -> bool:
        """Whether a member got a value, now or when this same update was tried before."""
        if name not in own or not own[name].value:
            return False
        was = before.members.get(name)
        return was is None or was.value != own[name].value or was.stamp == self._stamp

    def _may_join(self, user_id: str, known: Item, own: Members) -> bool:
        """Whether the user can have the endpoint."""
        was = known.members.get(USER_ID)
        if was and (was.value == user_id or was.stamp > self._stamp):
            return True  # it does not join: it belongs to the user, or went elsewhere since
        return self._others.make_room(user_id, known.members | own)

    def _take_address(self, before: Item, item: Item, own: Members) -> Item:
        """Of the endpoints with an address only the one updated last is ACTIVE; this one's item.

        The others are looked up only when the address is new to this endpoint or it becomes
        ACTIVE: before, it has made them INACTIVE already.
        """
        address = item.value(ADDRESS)
        if self._is_new(before, own, ADDRESS):
            address = own[ADDRESS].value
        elif not self._is_new(before, own, STATUS):
            return item
        if not address:
            return item
        if newer := self._others.take_address(address, item):
            _, item = self._write({STATUS: Member("INACTIVE", newer)})
        return item

    def _write(self, members: Members) -> tuple[Item, Item]:
        return self._store.write(self._application_id, self._endpoint_id, members, self._created)
