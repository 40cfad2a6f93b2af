"""Items in DynamoDB's JSON: {"S": text}, {"N": number}, {"L": [...]}, {"M": {...}}."""

from collections.abc import Mapping
from typing import Any

from putevents.endpoints.item import Item, Member, Value

Attribute = dict[str, Any]


def encode(value: Value) -> Attribute:
    """A value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [{"S": text} for text in value]}
    return {"N": repr(value)}


def encode_member(member: Member) -> Attribute:
    """A member: `v` is the value, `t` its stamp."""
    return {"M": {"v": encode(member.value), "t": {"S": member.stamp}}}


def decode(stored: Mapping[str, Attribute]) -> Item:
    """An item from what is stored of it."""
    return Item(
        members={
            name: Member(_decode(attribute["M"]["v"]), attribute["M"]["t"]["S"])
            for name, attribute in stored.items()
            if "M" in attribute
        },
        created=int(stored.get("created", {}).get("N", "0")),
        latest=stored.get("latest", {}).get("S", ""),
        revision=int(stored.get("revision", {}).get("N", "0")),
        spelled=stored.get("spelled", {}).get("S", ""),
    )


def _decode(attribute: Attribute) -> Value:
    if "S" in attribute:
        return str(attribute["S"])
    if "L" in attribute:
        return [item["S"] for item in attribute["L"]]
    return float(attribute["N"])
