"""Items in DynamoDB's JSON: {"S": text}, {"N": number}, {"B": bytes}, {"L": [...]}.

DynamoDB bills a write by the KB of the whole item, and each member has a stamp: as bytes it takes a
third of its text.
"""

from collections.abc import Mapping
from typing import Any

from putevents.endpoints.item import Item, Member, Value
from putevents.endpoints.stamps import packed, unpacked

Attribute = dict[str, Any]
EXPIRES = "expires"  # the table's TTL attribute, in Unix time in seconds


def encode(value: Value) -> Attribute:
    """A value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [{"S": text} for text in value]}
    return {"N": repr(value)}


def encode_member(member: Member) -> Attribute:
    """A member: a list of its value and its stamp."""
    return {"L": [encode(member.value), _stamp(member.stamp)]}


def decode(stored: Mapping[str, Attribute]) -> Item:
    """An item from what is stored of it."""
    return Item(
        members={
            name: Member(_decode(pair[0]), _stamp_text(pair[1]))
            for name, attribute in stored.items()
            if (pair := _pair(attribute))
        },
        created=int(stored.get("created", {}).get("N", "0")),
        latest=stored.get("latest", {}).get("S", ""),
        # A tombstone has none.
        revision=int(stored.get("revision", {}).get("N", "0")),
        spelled=stored.get("spelled", {}).get("S", ""),
        owner=stored.get("tied_to", {}).get("S", ""),
        deleted=stored.get("deleted", {}).get("S", ""),
        forgotten=stored.get("forgotten", {}).get("S", ""),
        spares=stored.get("spares", {}).get("S", ""),
    )


def encode_tombstone(tombstone: Item, expires: int) -> dict[str, Attribute]:
    """What is stored of a tombstone but for its key; DynamoDB deletes it after `expires`."""
    texts = {
        "latest": tombstone.latest,
        "deleted": tombstone.deleted,
        "forgotten": tombstone.forgotten,
        "spares": tombstone.spares,
    }
    stored: dict[str, Attribute] = {name: {"S": text} for name, text in texts.items() if text}
    return {**stored, EXPIRES: {"N": str(expires)}}


def _pair(attribute: Attribute) -> list[Attribute]:
    """A member's value and stamp; nothing if it is no member."""
    if "M" in attribute:  # as earlier versions stored it
        return [attribute["M"]["v"], attribute["M"]["t"]]
    pair: list[Attribute] = attribute.get("L", [])
    return pair


def _decode(attribute: Attribute) -> Value:
    if "S" in attribute:
        return str(attribute["S"])
    if "L" in attribute:
        return [item["S"] for item in attribute["L"]]
    return float(attribute["N"])


def _stamp(stamp: str) -> Attribute:
    data = packed(stamp)
    return {"S": stamp} if data is None else {"B": data}


def _stamp_text(attribute: Attribute) -> str:
    # Earlier versions stored the text.
    return attribute["S"] if "S" in attribute else unpacked(attribute["B"])
