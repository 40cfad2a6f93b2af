"""The endpoints in DynamoDB: Pinpoint's rules of a partial update, of users and of addresses."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, time_ns
from typing import NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from putevents.arrival import Arrival
from putevents.destinations.endpoint_item import (
    ADDRESS,
    USER_ID,
    Item,
    Member,
    Members,
    members_of,
    response,
    stamp,
    user_attributes,
)
from putevents.destinations.item_store import CONNECTIONS, ContendedError, ItemStore
from putevents.schemas import EndpointResponse, PublicEndpoint

MAX_ENDPOINTS_PER_USER = 15
# A user's oldest endpoint of these makes room for another one of them.
_DEVICE_CHANNELS = ("ADM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU", "GCM")
_STATUS = "EndpointStatus"
# No new call after this long, so that there is time left for the events and the queue.
_BUDGET_SECONDS = 4.0
_TOO_MANY = f"Exceeded maximum endpoint per user count: {MAX_ENDPOINTS_PER_USER}"
_TOO_LARGE = "Endpoint is too large to be stored, or a number in it is."

FAILURES = (BotoCoreError, ClientError, ContendedError)
WorkT = TypeVar("WorkT")
ResultT = TypeVar("ResultT")


class Change(NamedTuple):
    """A partial update, when it came in, and since when its endpoint is known to exist (ms)."""

    endpoint: PublicEndpoint
    arrival: Arrival
    created: int


class Stored(NamedTuple):
    """An endpoint as it is now, and the rule for which its update was refused, if it was."""

    endpoint: EndpointResponse
    refusal: str | None = None


class _Updated(NamedTuple):
    item: Item
    refusal: str | None = None


class EndpointTable:
    """All endpoints of all applications; what those of a user share is an item of its own."""

    def __init__(self, table: str) -> None:
        self._store = ItemStore(table)

    def update(
        self, application_id: str, updates: dict[str, PublicEndpoint], arrival: Arrival
    ) -> tuple[dict[str, Stored], list[Exception]]:
        """Apply partial updates; `{}` only makes the endpoint exist.

        Returns the endpoints as they are now, and what failed. An endpoint that is missing may be
        tried again with the same arrival.
        """
        when = arrival.timestamp
        changes = {id_: Change(endpoint, arrival, when) for id_, endpoint in updates.items()}
        return self.update_each(application_id, changes)

    def update_each(
        self, application_id: str, changes: dict[str, Change]
    ) -> tuple[dict[str, Stored], list[Exception]]:
        """As `update`, of endpoints that each have an arrival of their own."""
        said: dict[str, Members] = {}
        refused: dict[str, Stored] = {}
        for id_, (endpoint, arrival, created) in changes.items():
            if _is_key(id_):
                said[id_] = members_of(endpoint, stamp(arrival))
            else:  # refused here, for the table would refuse the others with it
                shown = response(application_id, id_, Item(created=created), None)
                refused[id_] = Stored(shown, _TOO_LARGE)
        # What says nothing is only read; who names a user may be joining it.
        asked = [id_ for id_, members in said.items() if not members or USER_ID in members]
        try:
            known = self._store.read(application_id, asked)
            quiet = {
                id_: _Updated(item)
                for id_, item in known.items()
                if not said[id_] and (item.created or 0) <= changes[id_].created
            }
            updated, failures = _in_parallel(
                lambda id_: _Update(self._store, application_id, changes[id_]).apply(
                    id_, said[id_], known.get(id_)
                ),
                [id_ for id_ in said if id_ not in quiet],
            )
            return refused | self._shown(application_id, quiet | updated), failures
        except FAILURES as error:
            return refused, [error]

    def get(self, application_id: str, endpoint_ids: Iterable[str]) -> list[EndpointResponse]:
        """The endpoints that are there."""
        items = self._store.read(application_id, filter(_is_key, endpoint_ids))
        shown = self._shown(application_id, {id_: _Updated(item) for id_, item in items.items()})
        return [stored.endpoint for stored in shown.values()]

    def of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        if not _is_key(_user_key(user_id)):
            return []
        found = self.get(application_id, self._store.find(application_id, "user_id", user_id))
        # The index may still lead to one that has left.
        return [e for e in found if e.get("User", {}).get("UserId") == user_id]

    def delete(self, application_id: str, endpoint: EndpointResponse) -> None:
        """Forget an endpoint and, with a user's last one, what is known of the user."""
        self._store.delete(application_id, endpoint["Id"])
        user_id = endpoint.get("User", {}).get("UserId")
        if user_id and not self.of_user(application_id, user_id):
            self._store.delete(application_id, _user_key(user_id))

    def _shown(self, application_id: str, updated: dict[str, _Updated]) -> dict[str, Stored]:
        keys = {
            id_: _user_key(user_id)
            for id_, (item, _) in updated.items()
            if (user_id := item.value(USER_ID))
        }
        users = self._store.read(application_id, keys.values()) if keys else {}
        return {
            id_: Stored(response(application_id, id_, item, users.get(keys.get(id_, ""))), refusal)
            for id_, (item, refusal) in updated.items()
        }


class _Update:
    """The update of one endpoint of an application, and what follows from it for others."""

    def __init__(self, store: ItemStore, application_id: str, change: Change) -> None:
        self._store = store
        self._application_id = application_id
        self._created = change.created
        self.stamp = stamp(change.arrival)

    def apply(self, endpoint_id: str, members: Members, known: Item | None) -> _Updated:
        """Apply a partial update, unless a rule or the table's limits refuse it."""
        try:
            return self._apply(endpoint_id, members, known)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return _Updated(known or self._write(endpoint_id, {})[1], _TOO_LARGE)

    def _apply(self, endpoint_id: str, members: Members, known: Item | None) -> _Updated:
        own = dict(members)
        if members:  # an update wakes an endpoint, unless it says INACTIVE itself
            own.setdefault(_STATUS, Member("ACTIVE", self.stamp))
        user_id = str(own[USER_ID].value) if USER_ID in own else ""
        refusal = self._refuse_user(endpoint_id, user_id, own, known) if user_id else None
        if refusal:
            return _Updated(known or self._write(endpoint_id, {})[1], refusal)
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
        return _Updated(after)

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
        if not _is_key(_user_key(user_id)):
            return _TOO_LARGE
        was = known.members.get(USER_ID) if known else None
        if was and (was.value == user_id or was.stamp > self.stamp):
            return None  # it does not join: it is there already, or went elsewhere since
        joining = (known.members if known else {}) | own
        return None if self._make_room(endpoint_id, user_id, joining) else _TOO_MANY

    def _make_room(self, endpoint_id: str, user_id: str, joining: Members) -> bool:
        """Let a user's oldest device go when a new one is one too many; other channels stay."""
        others = self._others(endpoint_id, "user_id", user_id)
        if len(others) < MAX_ENDPOINTS_PER_USER:
            return True
        channel = joining.get("ChannelType")
        items = self._store.read(self._application_id, others)
        devices = [id_ for id_ in items if items[id_].value("ChannelType") in _DEVICE_CHANNELS]
        if not channel or channel.value not in _DEVICE_CHANNELS or not devices:
            return False
        oldest = min(devices, key=lambda id_: str(items[id_].value("EffectiveDate") or ""))
        gone = {USER_ID: Member("", self.stamp), _STATUS: Member("INACTIVE", self.stamp)}
        self._write_other(oldest, gone)
        return True

    def _take_address(self, endpoint_id: str, item: Item, address: str) -> Item:
        """Messages to an address go through the endpoint that took it last; this one's item."""
        others = self._others(endpoint_id, "address", address)
        for other, its in self._store.read(self._application_id, others).items():
            taken = its.members.get(ADDRESS)
            later = taken and taken.stamp > self.stamp and taken.value == item.value(ADDRESS)
            if taken and later:
                _, item = self._write(endpoint_id, {_STATUS: Member("INACTIVE", taken.stamp)})
            else:
                self._write_other(other, {_STATUS: Member("INACTIVE", self.stamp)})
        return item

    def _others(self, endpoint_id: str, attribute: str, value: str) -> list[str]:
        found = self._store.find(self._application_id, attribute, value)
        return [id_ for id_ in found if id_ != endpoint_id]

    def _share(self, user_id: str | None, attributes: Members) -> None:
        if user_id and attributes:
            self._write_other(_user_key(user_id), attributes)

    def _write_other(self, id_: str, members: Members) -> None:
        # Since when this endpoint exists says nothing about another one.
        self._store.write(self._application_id, id_, members, time_ns() // 1_000_000)

    def _write(self, id_: str, members: Members) -> tuple[Item, Item]:
        return self._store.write(self._application_id, id_, members, self._created)


def _is_key(id_: str) -> bool:
    """Whether it fits into the table's sort key."""
    return len(id_.encode()) <= 1024


def _user_key(user_id: str) -> str:
    # No endpoint's id holds a dollar sign.
    return f"$user/{user_id}"


def _in_parallel(
    task: Callable[[WorkT], ResultT], work: list[WorkT]
) -> tuple[dict[WorkT, ResultT], list[Exception]]:
    """Do the work side by side until time is up; what was done, and what failed."""
    deadline = monotonic() + _BUDGET_SECONDS
    done: dict[WorkT, ResultT] = {}
    failures: list[Exception] = []

    def attempt(item: WorkT) -> None:
        if monotonic() > deadline:
            failures.append(TimeoutError())
            return
        try:
            done[item] = task(item)
        except FAILURES as error:
            failures.append(error)

    if len(work) < 2:  # no thread for the one endpoint that most requests have
        for item in work:
            attempt(item)
    else:
        with ThreadPoolExecutor(min(CONNECTIONS, len(work))) as pool:
            list(pool.map(attempt, work))
    return done, failures
