"""What one partial update does to its endpoint."""

from collections.abc import Mapping
from time import time_ns
from typing import NamedTuple

from putevents.endpoints.addresses import Claim
from putevents.endpoints.item import (
    ADDRESS,
    EFFECTIVE_DATE,
    FORMER_USER,
    REQUEST_ID,
    STATUS,
    USER_ID,
    USER_TIMES,
    Item,
    Member,
    Members,
    user_attributes,
)
from putevents.endpoints.keys import can_hold, endpoint_key, user_key
from putevents.endpoints.limits import LimitError, check_growth
from putevents.endpoints.places import Places
from putevents.endpoints.repeated_attributes import (
    is_repeated,
    repeated_until,
    said,
    write_repeated,
)
from putevents.endpoints.shown import iso
from putevents.endpoints.stamps import stamp
from putevents.endpoints.store import NotOwnedError, TooLargeError
from putevents.endpoints.work import Work
from putevents.wire.arrival import Arrival
from putevents.wire.rules import NOT_OWNED, TOO_MANY_ENDPOINTS
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
    claim: Claim | None = None  # its address is to be taken from other endpoints
    is_forbidden: bool = False  # it, or the user that it names, is another caller's
    said: Members = {}  # what the update set  # noqa: RUF012 # nobody changes it


class Update:
    """The update of one endpoint of an application."""

    def __init__(self, work: Work, places: Places, endpoint_id: str, change: Change) -> None:
        self._work, self._places, self._people = work, places, places.people
        self._id, self._key = endpoint_id, endpoint_key(endpoint_id)
        self._created, self._arrival = change.created, change.arrival
        self._stamp, self._owner = stamp(change.arrival), change.arrival.caller.owner
        self._written: list[tuple[str, Members, Item]] = []

    def apply(self, members: Members, known: Item | None) -> Updated:
        """Apply the update. `known` is the item as it was read, if the update names a user."""
        if not can_hold(members):
            return self._rejected(TOO_LARGE, members, known)
        try:
            self._check_owner(known or Item())
            return self._apply(members | self._defaults(members), known or Item())
        except TooLargeError:
            return self._rejected(TOO_LARGE, members, known)
        except NotOwnedError:
            # Nothing of the other caller's endpoint is shown.
            nothing = Item(created=self._created)
            return Updated(nothing, NOT_OWNED.message, is_forbidden=True)
        except LimitError as error:
            for key, update, before in reversed(self._written):
                self._work.take_back(key, update, before)
            return self._rejected(str(error), members, known)

    def _apply(self, own: Members, known: Item) -> Updated:
        if self._is_over(known):
            return self._over(known, own)
        if USER_ID not in own:
            before, after = self._write(own)
            if self._is_over(after):
                return self._over(after, own)
            if not before.revision and self.adopt():
                return self._apply(own, known)
            if times := before.existing_since(self._created):
                _, after = self._write(times)
            self._share(after.user_at(self._stamp), user_attributes(own), after)
        else:
            user_id = str(own[USER_ID].value)
            user = self._people.get(user_id) if user_id else Item()
            if self._is_over(user):
                return self._over(user, own)
            shared = user_attributes(own) if user_id else {}
            check_growth(known, known.after({n: own[n] for n in own if n not in shared}, 0))
            self._check_user(user_id, shared)
            self._check_owner(user)
            if user_id and not self._may_join(user_id, known, own):
                return self._rejected(TOO_MANY_ENDPOINTS.message, own, known)
            if user_id:
                self._tie_user(user_id)
            if known.user_id != user_id:
                write_repeated(self._work, self._people, known)
            times = known.naming(user_id, self._stamp, self._created)
            kept = self._leaving(known, user_id) | times
            before, after = self._change_user(user_id, own | kept, known)
            if before.revision != known.revision:
                after = self._with_times_of_both(before, after, user_id)
            if self._is_over(after):
                return self._over(after, own)
        return Updated(after, claim=self._claim(before, after, own), said=own)

    def _is_over(self, item: Item) -> bool:
        """Whether an endpoint, or the user whom the update names, was deleted after it came."""
        return self._stamp <= item.deleted

    def _over(self, item: Item, own: Members) -> Updated:
        """Of an update of before a deletion nothing is stored; its events show what it said."""
        return Updated(
            Item(
                created=self._created,
                latest=item.deleted,
                deleted=item.deleted,
                forgotten=item.forgotten,
                spares=item.spares,
            ),
            said=own,
        )

    def adopt(self) -> bool:
        """Move what an earlier version stored under the letters of the id to the id's key."""
        old = self._work.read([self._id]).get(self._id) if self._id != self._key else None
        if old is None:
            return False
        self._work.write(self._key, old.members, old.created, self._id)
        self._work.store.delete(self._work.application_id, self._id)
        return True

    def _defaults(self, members: Members) -> Members:
        """What an update says without words; one that says nothing changes nothing."""
        if not members:
            return {}
        defaults: Mapping[str, str] = {
            STATUS: "ACTIVE",
            EFFECTIVE_DATE: iso(self._arrival.timestamp),
            REQUEST_ID: self._arrival.request_id,
        }
        left = {name: value for name, value in defaults.items() if name not in members}
        return {name: Member(value, self._stamp) for name, value in left.items()}

    def _check_user(self, user_id: str, shared: Members) -> None:
        """Raise LimitError if attributes would make the user's item break a limit."""
        if shared:
            user = self._people.get(user_id)
            new = user.to_write(shared, user.created, create=True) or {}
            check_growth(user, user.after(new, 0))

    def _check_owner(self, item: Item) -> None:
        """Raise NotOwnedError if an item is another caller's."""
        if item.is_anothers(self._owner):
            raise NotOwnedError("The item is another caller's.")

    def _tie_user(self, user_id: str) -> None:
        """Tie a user to the caller who names the user first: one write in a user's life."""
        if self._owner and self._people.get(user_id).is_to_tie(self._owner):
            now = time_ns() // 1_000_000
            _, user = self._work.write(user_key(user_id), {}, now, owner=self._owner)
            self._people.note(user_id, user)

    def _change_user(self, user_id: str, own: Members, known: Item) -> tuple[Item, Item]:
        """Write an update that says who is signed in; an empty id means nobody."""
        if not user_id:
            before, after = self._write(own, known)
            if after.user_at(self._stamp) == after.user_id:  # a late sign-out; else it is nobody
                self._share(after.user_id, user_attributes(own), after)
            return before, after
        # Attributes that come with a user's id are the user's, not the endpoint's.
        shared = user_attributes(own)
        own = {name: member for name, member in own.items() if name not in shared}
        before, after = self._write(own | said(user_id, shared), known)
        # Else another update may have said something else, or nobody would find what was noted.
        if before.revision == known.revision and after.user_id == user_id:
            user = self._people.get(user_id)
            shared = {
                name: member
                for name, member in shared.items()
                if not is_repeated(user_id, name, member, known, user)
            }
        self._share(user_id, shared, after)
        joined = after.user_id == user_id and self._is_new(before, own, USER_ID)
        if joined and before.user_id in ("", user_id):
            # Attributes set while nobody was signed in become the user's.
            self._share(user_id, after.attributes_since_last_user(), after)
        return before, after

    def _with_times_of_both(self, before: Item, after: Item, user_id: str) -> Item:
        """The endpoint, in whose times another update has its place that was written meanwhile."""
        both = (before.members | before.naming(user_id, self._stamp, self._created)).get(USER_TIMES)
        mine = after.members.get(USER_TIMES)
        if not both or (mine and mine.value == both.value):
            return after
        stamp = max(both.stamp, mine.stamp if mine else "")
        return self._write({USER_TIMES: Member(both.value, stamp)})[1]

    def _leaving(self, known: Item, user_id: str) -> Members:
        """Who leaves the endpoint by this update; attributes set until then stay theirs."""
        was, left = known.members.get(USER_ID), known.members.get(FORMER_USER)
        if was is None or was.value == user_id:
            return {}
        if was.stamp <= self._stamp:
            return known.leaving(str(was.value), self._stamp) if was.value else {}
        # This update is late: its own user has left since.
        if user_id and (left is None or left.stamp <= self._stamp):
            return known.leaving(user_id, was.stamp)
        return {}

    def _rejected(self, rule: str, members: Members, known: Item | None) -> Updated:
        """The endpoint as it was; one that did not exist still does not."""
        stored = known
        if self._written or USER_ID not in members:  # else it was read already
            stored = self._work.read_stored([self._key]).get(self._key)
        if stored and self._is_over(stored):
            return self._over(stored, {})._replace(rejection=rule)
        return Updated(stored if stored and stored.revision else Item(created=self._created), rule)

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
        return self._places.make_room(user_id, self._key, known.members | own, self._stamp)

    def _claim(self, before: Item, item: Item, own: Members) -> Claim | None:
        """The claim to an address, if the other endpoints with it are to become INACTIVE.

        They are looked up only when the address is new to this endpoint or it becomes ACTIVE:
        before, it has made them INACTIVE already.
        """
        address = item.value(ADDRESS)
        if own.get(STATUS, Member("INACTIVE", "")).value == "INACTIVE":
            return None  # it leaves the address to whoever is ACTIVE with it
        if self._is_new(before, own, ADDRESS):
            address = own[ADDRESS].value
        elif not self._is_new(before, own, STATUS):
            return None
        elif address and ADDRESS not in own:
            # Whoever took the address has unlisted this endpoint.
            _, item = self._write({ADDRESS: item.members[ADDRESS]})
        return Claim(self._key, address, self._stamp, item) if address else None

    def _share(self, user_id: str, attributes: Members, endpoint: Item) -> None:
        """Set attributes of a user, which all endpoints of the user show."""
        if not user_id or not attributes:
            return
        left = self._not_overtaken(user_id, attributes, endpoint)
        user = self._people.get(user_id)
        self._check_owner(user)
        now = time_ns() // 1_000_000
        if left and (not user.revision or user.lacks(left, now)):
            _, user = self._write_checked(user_key(user_id), left, now, "")
            self._people.note(user_id, user)

    def _not_overtaken(self, user_id: str, attributes: Members, endpoint: Item) -> Members:
        """The attributes but for those that an endpoint has said otherwise since.

        Only a value that would change has been said otherwise; the user's endpoints are looked up
        for no other.
        """
        user = self._people.get(user_id)
        changed = [
            name
            for name, member in attributes.items()
            if name in user.members
            and user.members[name].stamp < member.stamp
            and user.members[name].value != member.value
        ]
        if not changed:
            return attributes
        endpoints = [endpoint, *self._places.others(user_id, self._key)]
        overtaken = {
            name
            for name in changed
            if repeated_until(user_id, name, user, endpoints) > attributes[name].stamp
        }
        return {name: member for name, member in attributes.items() if name not in overtaken}

    def _write(self, members: Members, known: Item | None = None) -> tuple[Item, Item]:
        """Write members of the endpoint, unless nothing of what is `known` would change."""
        if (
            known
            and known.revision
            and not known.is_to_tie(self._owner)
            and not known.lacks(members, self._created)
        ):
            return known, known
        return self._write_checked(self._key, members, self._created, self._id)

    def _write_checked(
        self, key: str, members: Members, created: int, spelled: str
    ) -> tuple[Item, Item]:
        before, after = self._work.write(key, members, created, spelled, self._owner)
        self._written.append((key, members, before))
        check_growth(before, after)
        return before, after
