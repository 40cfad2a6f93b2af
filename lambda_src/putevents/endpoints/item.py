"""An endpoint as an item: a flat set of members, each with the stamp of the update that set it.

The member with the newest stamp wins, so the order in which updates are applied does not matter.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pydantic_core import to_json

from putevents.endpoints.stamps import moment_stamp
from putevents.endpoints.user_times import (
    Time,
    is_since,
    not_known_before,
    read_times,
    user_then,
    with_named,
    without,
    write_times,
)
from putevents.wire.schemas import PublicEndpoint

Value = str | float | list[str]

USER_ID, ADDRESS, STATUS = "User.UserId", "Address", "EndpointStatus"
EFFECTIVE_DATE, REQUEST_ID = "EffectiveDate", "RequestId"
USER_ATTRIBUTES = "User.UserAttributes."
# Not a member that clients send: the last user who left the endpoint, stamped with when.
FORMER_USER = "FormerUserId"
# Since when that user was signed in; who was before is not known. Has the stamp of FORMER_USER.
FORMER_SINCE = "FormerUserSince"
# Its last users, each with when that began; only of an endpoint whose user has changed lately.
USER_TIMES = "UserTimes"
# Nor are these: what the endpoint last said of its user, as digests.
SAID = "~."
_COUNTED = ("Attributes.", "Metrics.", USER_ATTRIBUTES)
_UNCOUNTED = (STATUS, EFFECTIVE_DATE, REQUEST_ID, FORMER_USER, FORMER_SINCE, USER_TIMES)
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
    spares: str = ""  # of one that came after this and names a user, only that user decides

    def value(self, name: str) -> Any:
        """A member's value, or None."""
        member = self.members.get(name)
        return member.value if member else None

    @property
    def forgotten_wholly(self) -> str:
        """Until when everything is forgotten, whomever it names."""
        return self.spares or self.forgotten

    def has_forgotten(self, stamp: str, user_id: str) -> bool:
        """Whether what came at a moment is forgotten with it, whoever the user is that it names."""
        return stamp <= (self.forgotten_wholly if user_id else self.forgotten)

    @property
    def user_id(self) -> str:
        """The user who is signed in, or an empty text."""
        return str(self.value(USER_ID) or "")

    def user_at(self, stamp: str) -> str:
        """The user to whom attributes of that moment belong, or an empty text."""
        left = self.members.get(FORMER_USER)
        if not left or stamp >= left.stamp:
            return self.user_id
        if self._has_times:
            return user_then(self.user_times, stamp)
        return str(left.value) if self.knows_user_at(stamp) else ""

    @property
    def user_times(self) -> list[Time]:
        """Who was signed in when, as far as that is known."""
        user, left = self.members.get(USER_ID), self.members.get(FORMER_USER)
        if not user:
            return []
        user_id, named = str(user.value), user.stamp
        if self._has_times:
            return read_times(self.value(USER_TIMES), user_id, named)
        if left:
            return not_known_before(left.stamp, user_id, named)
        return [Time(moment_stamp(self.created), named, user_id)]

    @property
    def _has_times(self) -> bool:
        """Whether the times of users are kept, and no earlier version has written since."""
        kept, left = self.members.get(USER_TIMES), self.members.get(FORMER_USER)
        return kept is not None and (left is None or left.stamp <= kept.stamp)

    def naming(self, user_id: str, stamp: str, created: int) -> Members:
        """What to set in the times of users when a user is named; mostly nothing."""
        if not self.revision:
            return {}  # since it exists it has this user
        return self._to_keep(with_named(self.user_times, user_id, stamp), stamp, created)

    def existing_since(self, created: int) -> Members:
        """What to set when an endpoint is older than was known: its user need not be."""
        if not self.revision or created >= self.created or USER_ID not in self.members:
            return {}
        return self._to_keep(self.user_times, "", created)

    def without_user(self, user_id: str) -> Members:
        """What to set so that nothing of a former user is known."""
        left = self.members.get(FORMER_USER)
        named = {FORMER_USER: left._replace(value="")} if left and left.value == user_id else {}
        times = self.user_times
        if any(time.user_id == user_id for time in times):
            named |= self._to_keep(without(times, user_id), "", self.created)
        return named

    def _to_keep(self, times: list[Time], stamp: str, created: int) -> Members:
        user, was = self.members.get(USER_ID), self.members.get(USER_TIMES)
        if not was and is_since(moment_stamp(min(created, self.created)), times):
            return {}
        stamps = [stamp, *(member.stamp for member in (user, was) if member)]
        kept = write_times(times, max(stamps))
        return {} if was and was.value == kept else {USER_TIMES: Member(kept, max(stamps))}

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
        return moment_stamp(moment) >= self.deleted

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
            # Of others than the present user, and of before, only what is certain is told.
            then = user_then(self.user_times, stamp)
            members[USER_ID] = Member(said[USER_ID].value if USER_ID in said else then, stamp)
        hidden = self._attributes_of_others(stamp)
        members = {n: m for n, m in members.items() if n not in hidden}
        newer = {n: m for n, m in said.items() if n not in members or members[n] != m}
        return replace(self, members=members | newer)

    def _attributes_of_others(self, stamp: str) -> Members:
        """The user attributes that may be of another user than that of a moment."""
        user, left = self.members.get(USER_ID), self.members.get(FORMER_USER)
        attributes = user_attributes(self.members)
        if not self.knows_user_at(stamp):
            return attributes
        if not user or stamp >= user.stamp or user_then(self.user_times, stamp):
            return {}
        since = left.stamp if left else ""  # nobody was signed in, or it is not known who
        return {n: m for n, m in attributes.items() if not since <= m.stamp <= stamp}

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
            spares=self.spares,
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
