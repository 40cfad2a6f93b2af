"""An endpoint as an item: a flat set of members, each with the stamp of the update that set it.

The member with the newest stamp wins, so the order in which updates are applied does not matter.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint

Value = str | float | list[str]

USER_ID, ADDRESS, STATUS = "User.UserId", "Address", "EndpointStatus"
USER_ATTRIBUTES = "User.UserAttributes."
# Not a member that clients send: the last user who left the endpoint, stamped with when.
FORMER_USER = "FormerUserId"
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
        return str(left.value) if left and stamp < left.stamp else self.user_id

    def attributes_since_last_user(self) -> Members:
        """User attributes that were set on the endpoint after its last user had left."""
        left = self.members.get(FORMER_USER)
        attributes = user_attributes(self.members)
        return {n: m for n, m in attributes.items() if not left or m.stamp >= left.stamp}

    def to_write(self, update: Members, created: int, *, create: bool) -> Members | None:
        """The members of an update that are still to be set; None if there is nothing to write."""
        newer = {
            name: member
            for name, member in update.items()
            if name not in self.members or self.members[name].stamp <= member.stamp
        }
        if self.revision:
            return newer if newer or created < self.created else None
        return newer if create else None

    def after(self, update: Members, created: int) -> "Item":
        """The item once the update was written."""
        return Item(
            members=self.members | update,
            created=min(self.created, created) if self.revision else created,
            latest=max([self.latest, *(member.stamp for member in update.values())]),
            revision=self.revision + 1,
        )


def stamp(arrival: Arrival, endpoint_id: str) -> str:
    """Orders updates by arrival. No two updates share a stamp, so no tie is left to chance."""
    source = f"{arrival.request_id}/{endpoint_id}"
    return f"{arrival.timestamp:013d}-{crc32(source.encode()):08x}"


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


def _flat(group: str, members: dict[str, Any]) -> dict[str, Any]:
    return {group + name: value for name, value in members.items()}
