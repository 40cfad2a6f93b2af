"""An endpoint as an item: a flat set of members, each with the stamp of the update that set it.

The member with the newest stamp wins, so the order in which updates are applied does not matter.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from zlib import crc32

from pydantic_core import to_json

from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint

Value = str | float | list[str]

USER_ID, ADDRESS, STATUS = "User.UserId", "Address", "EndpointStatus"
EFFECTIVE_DATE, REQUEST_ID = "EffectiveDate", "RequestId"
USER_ATTRIBUTES = "User.UserAttributes."
# Not a member that clients send: the last user who left the endpoint, stamped with when.
FORMER_USER = "FormerUserId"
# Since when that user was signed in; who was before is not known. Has the stamp of FORMER_USER.
FORMER_SINCE = "FormerUserSince"
# Nor are these: what the endpoint last said of its user, as digests.
SAID = "~."
_COUNTED = ("Attributes.", "Metrics.", USER_ATTRIBUTES)
_UNCOUNTED = (STATUS, EFFECTIVE_DATE, REQUEST_ID, FORMER_USER, FORMER_SINCE)
_TINY = 1e-130  # DynamoDB has no number between zero and this


class Member(NamedTuple):
    """A value and the stamp of the update that set it; stamps compare as text."""

    value: Value
    stamp: str


Members = dict[str, Member]


@dataclass(frozen=True)
class Item:
    """What is stored under one key. Revision 0 means nothing; `created` is Unix time in ms."""

    members: Members = field(default_factory=dict)
    created: int = 0
    latest: str = ""
    revision: int = 0
    spelled: str = ""  # the id in the letters of the first update; not kept by earlier versions
    owner: str = ""  # putevents.wire.caller; empty if it is nobody's
    deleted: str = ""  # the stamp of its last deletion: no older update has an effect
    forgotten: str = ""  # of when a person was forgotten: no event that came before is stored

    def value(self, name: str) -> Any:
        """A member's value, or None."""
        member = self.members.get(name)
        return member.value if member else None

    @property
    def user_id(self) -> str:
        """The user who is signed in, or an empty text."""
        return str(self.value(USER_ID) or "")

    def user_at(self, stamp: str) -> str:
        """The user to whom attributes of that moment belong, or an empty text."""
        left = self.members.get(FORMER_USER)
        if not left or stamp >= left.stamp:
            return self.user_id
        return str(left.value) if self.knows_user_at(stamp) else ""

    def knows_user_at(self, stamp: str) -> bool:
        """Whether a moment is not before the time of the last user who left."""
        return stamp >= str(self.value(FORMER_SINCE) or "")

    def leaving(self, user_id: str, stamp: str) -> Members:
        """What to set when a user leaves; the time began when the user before had left."""
        left = self.members.get(FORMER_USER)
        members = {FORMER_USER: Member(user_id, stamp)}
        if left:
            same = left.value == user_id
            came = str(self.value(FORMER_SINCE) or "") if same else left.stamp
            members[FORMER_SINCE] = Member(came, stamp)
        return members

    def attributes_since_last_user(self) -> Members:
        """User attributes that were set on the endpoint after its last user had left."""
        left = self.members.get(FORMER_USER)
        attributes = user_attributes(self.members)
        return {n: m for n, m in attributes.items() if not left or m.stamp >= left.stamp}

    def lacks(self, update: Members, created: int) -> bool:
        """Whether an update would change an item that exists."""
        return self._is_older(created) or any(
            self.members.get(name) != member
            for name, member in (self.to_write(update, created, create=False) or {}).items()
        )

    def to_write(self, update: Members, created: int, *, create: bool) -> Members | None:
        """The members of an update that are still to be set; None if there is nothing to write."""
        newer = {
            name: member
            for name, member in update.items()
            if member.stamp > self.deleted
            and (name not in self.members or self.members[name].stamp <= member.stamp)
        }
        if self.revision:
            return newer if newer or self._is_older(created) else None
        if not newer and (update or not self._is_since_deletion(created)):
            return None
        return newer if create else None

    def _is_older(self, created: int) -> bool:
        """Whether an endpoint is known to exist since an earlier moment than was stored."""
        return created < self.created and self._is_since_deletion(created)

    def _is_since_deletion(self, moment: int) -> bool:
        return f"{moment:013d}" >= self.deleted

    def as_of(self, stamp: str, said: Members) -> "Item":
        """The item as it was at a moment, as far as is known, when an update had `said` something.

        What was set since then hides what was there, but for the user, and for what was said.
        """
        if self.latest <= stamp:
            # What was said is not stored if somebody is known to have said otherwise since.
            unsaid = {n: m for n, m in said.items() if n in self.members and self.value(n) != m[0]}
            return replace(self, members=self.members | unsaid) if unsaid else self
        members = dict(self.members)
        if USER_ID in members and members[USER_ID].stamp > stamp:
            user_id = said[USER_ID].value if USER_ID in said else self.user_at(stamp)
            members[USER_ID] = Member(user_id, stamp)
        if not self.knows_user_at(stamp):  # attributes may be of any user
            members = {n: m for n, m in members.items() if not n.startswith(USER_ATTRIBUTES)}
        newer = {n: m for n, m in said.items() if n not in members or members[n] != m}
        return replace(self, members=members | newer)

    def after(self, update: Members, created: int, spelled: str = "", owner: str = "") -> "Item":
        """The item once the update was written."""
        return Item(
            members=self.members | update,
            created=min(self.created, created) if self.revision else created,
            latest=max([self.latest, *(member.stamp for member in update.values())]),
            revision=self.revision + 1,
            spelled=self.spelled or spelled,
            owner=self.owner or owner,
            deleted=self.deleted,
            forgotten=self.forgotten,
        )

    def taken_back(self, update: Members, before: "Item") -> tuple[Members, list[str]]:
        """What to set and what to remove, so that it is as if an update had not been written.

        What somebody else has set since stays.
        """
        ours = [name for name, member in update.items() if self.members.get(name) == member]
        old = {n: before.members[n] for n in ours if before.members.get(n, update[n]) != update[n]}
        return old, [name for name in ours if name not in old]

    def is_anothers(self, owner: str) -> bool:
        """Whether it is somebody's, and not the caller's; who is nobody may have all."""
        return bool(owner and self.owner and self.owner != owner)

    def is_to_tie(self, owner: str) -> bool:
        """Whether it is nobody's yet, and the caller is somebody."""
        return bool(owner and not self.owner)

    @property
    def keys(self) -> int:
        """How many attributes and metrics it has, which Pinpoint limits together."""
        return sum(name.startswith(_COUNTED) for name in self.members)

    @property
    def size(self) -> int:
        """The bytes of JSON that its members take; those that every update sets do not count."""
        return sum(
            len(to_json(name.removeprefix(_group(name)))) + len(to_json(member.value)) + 2
            for name, member in self.members.items()
            if name not in _UNCOUNTED and not name.startswith(SAID)
        )


def stamp(arrival: Arrival) -> str:
    """Orders updates by arrival, and those of one request by their order in it."""
    request = crc32(arrival.request_id.encode())
    return f"{arrival.timestamp:013d}-{request:08x}-{arrival.order:05d}"


def members_of(endpoint: PublicEndpoint, stamp: str) -> Members:
    """The members that an update sets: `{}` sets none, `[]` and an empty text are values."""
    return flatten(endpoint.model_dump(by_alias=True, exclude_none=True), stamp)


def flatten(document: dict[str, Any], stamp: str) -> Members:
    """The members of an endpoint in Pinpoint's names."""
    user = dict(document.get("User", {}))
    flat = _flat(USER_ATTRIBUTES, user.pop("UserAttributes", {}))
    for name, value in {**document, "User": user}.items():
        flat |= _flat(f"{name}.", value) if isinstance(value, dict) else {name: value}
    for name in document.get("Metrics", ()):
        number = flat[f"Metrics.{name}"]
        flat[f"Metrics.{name}"] = number if abs(number) > _TINY else 0.0
    for degrees in ("Location.Latitude", "Location.Longitude"):
        if degrees in flat:
            flat[degrees] = round(flat[degrees], 1)
    return {name: Member(value, stamp) for name, value in flat.items()}


def user_attributes(members: Members) -> Members:
    """The members that all endpoints of a user share."""
    return {n: member for n, member in members.items() if n.startswith(USER_ATTRIBUTES)}


def _group(name: str) -> str:
    """The part of a member's name that the JSON of an endpoint has once for all members of it."""
    if name.startswith(USER_ATTRIBUTES):
        return USER_ATTRIBUTES
    group, dot, _ = name.partition(".")
    return group + dot if dot else ""


def _flat(group: str, members: dict[str, Any]) -> dict[str, Any]:
    return {group + name: value for name, value in members.items()}
