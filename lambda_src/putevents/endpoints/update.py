"""What one partial update does to its endpoint, and by Pinpoint's rules to others."""

from time import time_ns
from typing import NamedTuple

from botocore.exceptions import ClientError

from putevents.destinations.lake.dynamodb import ItemStore
from putevents.endpoints.item import (
    ADDRESS,
    USER_ID,
    Item,
    Member,
    Members,
    stamp,
    user_attributes,
)
from putevents.wire.arrival import Arrival
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER, TOO_MANY_ENDPOINTS
from putevents.wire.schemas import DEVICE_CHANNELS, PublicEndpoint

_STATUS = "EndpointStatus"
TOO_LARGE = "Endpoint is too large to be stored, or a number in it is."


class Change(NamedTuple):
    """A partial update, when it came in, and since when its endpoint is known to exist (ms)."""

    endpoint: PublicEndpoint
    arrival: Arrival
    created: int


class Updated(NamedTuple):
    """An endpoint's item as it is now, and the rule for which its update was refused, if it was."""

    item: Item
    refusal: str | None = None


class Update:
    """The update of one endpoint of an application, and what follows from it for others."""

    def __init__(self, store: ItemStore, application_id: str, change: Change) -> None:
        self._store = store
        self._application_id = application_id
        self._created = change.created
        self.stamp = stamp(change.arrival)

    def apply(self, endpoint_id: str, members: Members, known: Item | None) -> Updated:
        """Apply a partial update, unless a rule or the table's limits refuse it."""
        try:
            return self._apply(endpoint_id, members, known)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return self._refused(endpoint_id, TOO_LARGE)

    def _apply(self, endpoint_id: str, members: Members, known: Item | None) -> Updated:
        own = dict(members)
        if members:  # an update wakes an endpoint, unless it says INACTIVE itself
            own.setdefault(_STATUS, Member("ACTIVE", self.stamp))
        user_id = str(own[USER_ID].value) if USER_ID in own else ""
        refusal = self._refuse_user(endpoint_id, user_id, own, known) if user_id else None
        if refusal:
            return self._refused(endpoint_id, refusal)
        shared = user_attributes(members)
        if user_id:  # what is said of a user by name is the user's, not the endpoint's
            self._share(user_id, shared)
            own = {name: member for name, member in own.items() if name not in shared}
        before, after = self._write(endpoint_id, own)
        if not user_id:
            self._share(after.value(USER_ID), shared)
        elif user_id == after.value(USER_ID) and self._is_new(before, own, USER_ID):
            # What was known of nobody yet comes along.
            self._share(user_id, user_attributes(before.members))
        if self._is_new(before, own, ADDRESS):
            after = self._take_address(endpoint_id, after, str(own[ADDRESS].value))
        elif self._is_new(before, own, _STATUS) and after.value(ADDRESS):
            after = self._take_address(endpoint_id, after, after.value(ADDRESS))
        return Updated(after)

    def _refused(self, endpoint_id: str, refusal: str) -> Updated:
        """The endpoint as it was; one that did not exist still does not."""
        stored = self._store.read(self._application_id, [endpoint_id])
        return Updated(stored.get(endpoint_id) or Item(created=self._created), refusal)

    def _is_new(self, before: Item, own: Members, name: str) -> bool:
        """Whether a member got a value, now or when this same update was tried before."""
        if name not in own or not own[name].value:
            return False
        was = before.members.get(name)
        return was is None or was.value != own[name].value or was.stamp == self.stamp

    def _refuse_user(
        self, endpoint_id: str, user_id: str, own: Members, known: Item | None
    ) -> str | None:
        """The rule for which the endpoint cannot be this user's, if there is one."""
        if not is_key(user_key(user_id)):
            return TOO_LARGE
        was = known.members.get(USER_ID) if known else None
        if was and (was.value == user_id or was.stamp > self.stamp):
            return None  # it does not join: it is there already, or went elsewhere since
        joining = (known.members if known else {}) | own
        return (
            None if self._make_room(endpoint_id, user_id, joining) else TOO_MANY_ENDPOINTS.message
        )

    def _make_room(self, endpoint_id: str, user_id: str, joining: Members) -> bool:
        """Let a user's oldest device go when a new one is one too many; other channels stay."""
        others = self._others(endpoint_id, "user_id", user_id)
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return True
        channel = joining.get("ChannelType")
        items = self._store.read(self._application_id, others)
        devices = [id_ for id_ in items if items[id_].value("ChannelType") in DEVICE_CHANNELS]
        if not channel or channel.value not in DEVICE_CHANNELS or not devices:
            return False
        oldest = min(devices, key=lambda id_: str(items[id_].value("EffectiveDate") or ""))
        gone = {USER_ID: Member("", self.stamp), _STATUS: Member("INACTIVE", self.stamp)}
        self._write_other(oldest, gone, create=False)
        return True

    def _take_address(self, endpoint_id: str, item: Item, address: str) -> Item:
        """Messages to an address go through the endpoint updated last; this one's item.

        Not asked of each update: one that was ACTIVE before has silenced the others already.
        """
        others = self._others(endpoint_id, "address", address)
        for other, its in self._store.read(self._application_id, others).items():
            claim = _claim(its)
            if claim > self.stamp and its.value(ADDRESS) == item.value(ADDRESS):
                _, item = self._write(endpoint_id, {_STATUS: Member("INACTIVE", claim)})
            else:
                silent = {_STATUS: Member("INACTIVE", self.stamp)}
                self._write_other(other, silent, create=False)
        return item

    def _others(self, endpoint_id: str, attribute: str, value: str) -> list[str]:
        found = self._store.find(self._application_id, attribute, value)
        return [id_ for id_ in found if id_ != endpoint_id]

    def _share(self, user_id: str | None, attributes: Members) -> None:
        if user_id and attributes:
            self._write_other(user_key(user_id), attributes, create=True)

    def _write_other(self, id_: str, members: Members, *, create: bool) -> None:
        # Since when this endpoint exists says nothing about another one.
        now = time_ns() // 1_000_000
        self._store.write(self._application_id, id_, members, now, create=create)

    def _write(self, id_: str, members: Members) -> tuple[Item, Item]:
        return self._store.write(self._application_id, id_, members, self._created)


def _claim(item: Item) -> str:
    """The stamp of the last update by which an endpoint had its address to itself."""
    status, address = item.members.get(_STATUS), item.members.get(ADDRESS)
    awake = status.stamp if status and status.value == "ACTIVE" else ""
    return max(awake, address.stamp if address else "")


def is_key(id_: str) -> bool:
    """Whether it fits into the table's sort key."""
    return len(id_.encode()) <= 1024


def user_key(user_id: str) -> str:
    # No endpoint's id holds a dollar sign.
    return f"$user/{user_id}"
