"""An endpoint as an item of the table: each member with the stamp of the update that set it.

The member with the newest stamp wins, so updates give the same endpoint in whatever order they are
applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint

Value = str | float | list[str]
Attribute = dict[str, Any]  # DynamoDB's JSON: {"S": ...}, {"N": ...}, {"L": [...]}, {"M": {...}}

USER_ID, ADDRESS = "User.UserId", "Address"
USER_ATTRIBUTES = "User.UserAttributes."
# Members inside an object are stored under its name and theirs; a key may hold dots itself.
_GROUPS = (USER_ATTRIBUTES, "Attributes.", "Demographic.", "Location.", "Metrics.", "User.")


class Member(NamedTuple):
    """A value and the stamp of the update that set it; stamps compare as text."""

    value: Value
    stamp: str


Members = dict[str, Member]


@dataclass(frozen=True)
class Item:
    """What is stored under one key, revision 0 being nothing; `created` is Unix time in ms."""

    members: Members = field(default_factory=dict)
    created: int = 0
    latest: str = ""
    revision: int = 0

    def value(self, name: str) -> Any:
        """A member's value, or None."""
        member = self.members.get(name)
        return member.value if member else None

    def missing_or_older(self, update: Members) -> Members:
        """What of an update is newer than what is stored, or not stored yet."""
        return {
            name: member
            for name, member in update.items()
            if name not in self.members or self.members[name].stamp <= member.stamp
        }

    def after(self, update: Members, created: int) -> "Item":
        """The item once the update was written."""
        return replace(
            self,
            members=self.members | update,
            created=min(self.created, created) if self.revision else created,
            latest=max([self.latest, *(member.stamp for member in update.values())]),
            revision=self.revision + 1,
        )


def stamp(arrival: Arrival) -> str:
    """Orders updates by when they came in; of one millisecond, by the request."""
    return f"{arrival.timestamp:013d}-{crc32(arrival.request_id.encode()):08x}"


def members_of(endpoint: PublicEndpoint, stamp: str) -> Members:
    """What an update says, member by member; `{}` says nothing, `[]` and an empty text do."""
    sent = endpoint.model_dump(by_alias=True, exclude_none=True)
    user = sent.pop("User", {})
    flat: dict[str, Value] = _flat(USER_ATTRIBUTES, user.pop("UserAttributes", {}))
    flat |= _flat("User.", user)
    for name, value in sent.items():
        flat |= _flat(f"{name}.", value) if isinstance(value, dict) else {name: value}
    for degrees in ("Location.Latitude", "Location.Longitude"):
        if degrees in flat:
            flat[degrees] = round(float(flat[degrees]), 1)  # type: ignore[arg-type]
    return {name: Member(value, stamp) for name, value in flat.items()}


def user_attributes(members: Members) -> Members:
    """Those of the members that all endpoints of a user share."""
    return {n: member for n, member in members.items() if n.startswith(USER_ATTRIBUTES)}


def response(
    application_id: str, endpoint_id: str, item: Item, user: Item | None
) -> EndpointResponse:
    """The endpoint as Pinpoint shows it; `user` holds what all endpoints of its user share."""
    shown: dict[str, Any] = {
        "ApplicationId": application_id,
        "Id": endpoint_id,
        # What the service itself gave an endpoint; the cohort was a number without a meaning.
        "CohortId": str(crc32(endpoint_id.encode()) % 100),
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
        "CreationDate": _iso(item.created),
    }
    members = item.members | (user.members if user else {})
    if not item.value(USER_ID):  # as of one that had to leave its user
        members.pop(USER_ID, None)
    for name, (value, _) in members.items():
        group = next((g for g in _GROUPS if name.startswith(g)), "")
        place = shown
        for step in group.split(".")[:-1]:
            place = place.setdefault(step, {})
        place[name.removeprefix(group)] = value
    return shown  # type: ignore[return-value]


def encode(value: Value) -> Attribute:
    """A value in DynamoDB's JSON."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [{"S": text} for text in value]}
    # DynamoDB has no number between nought and this.
    return {"N": repr(value) if abs(value) > 1e-130 else "0"}


def encode_member(member: Member) -> Attribute:
    """A member as it is stored: `v` is the value, `t` its stamp."""
    return {"M": {"v": encode(member.value), "t": {"S": member.stamp}}}


def decode(stored: Mapping[str, Attribute]) -> Item:
    """An item from DynamoDB's JSON."""
    return Item(
        members={
            name: Member(_decode(attribute["M"]["v"]), attribute["M"]["t"]["S"])
            for name, attribute in stored.items()
            if "M" in attribute
        },
        created=int(stored.get("created", {}).get("N", "0")),
        latest=stored.get("latest", {}).get("S", ""),
        revision=int(stored.get("revision", {}).get("N", "0")),
    )


def _iso(milliseconds: int) -> str:
    """Unix time in ms as a date in ISO 8601."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _flat(group: str, members: dict[str, Any]) -> dict[str, Value]:
    return {group + name: value for name, value in members.items()}


def _decode(attribute: Attribute) -> Value:
    if "S" in attribute:
        return str(attribute["S"])
    if "L" in attribute:
        return [item["S"] for item in attribute["L"]]
    return float(attribute["N"])
