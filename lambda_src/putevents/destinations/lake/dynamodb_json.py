"""Items in DynamoDB's JSON: {"S": text}, {"N": number}, {"B": bytes}, {"L": [...]}.

DynamoDB bills a write by the KB of the whole item, and each member has a stamp: as bytes it takes a
third of its text.
"""

import re
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from putevents.endpoints.item import Item, Member, Value

Attribute = dict[str, Any]
EXPIRES = "expires"  # the table's TTL attribute, in Unix time in seconds
# Milliseconds, a checksum and an order, as `endpoints.item.stamp` writes them.
_STAMP = re.compile(r"(\d{13})-([0-9a-f]{8})-(\d{5})")
_TIME, _REQUEST = 6, 4  # bytes; of the order, which mostly is 0, as many as it has
_FEW = 64  # an item has few stamps, each of them many times


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


@lru_cache(_FEW)
def _packed(stamp: str) -> bytes | None:
    """A stamp as bytes; None if it is none of ours."""
    if not (parts := _STAMP.fullmatch(stamp)):
        return None
    order = int(parts[3])
    return (
        int(parts[1]).to_bytes(_TIME)
        + bytes.fromhex(parts[2])
        + order.to_bytes((order.bit_length() + 7) // 8)
    )


def _stamp(stamp: str) -> Attribute:
    packed = _packed(stamp)
    return {"S": stamp} if packed is None else {"B": packed}


def _stamp_text(attribute: Attribute) -> str:
    # Earlier versions stored the text.
    return attribute["S"] if "S" in attribute else _unpacked(attribute["B"])


@lru_cache(_FEW)
def _unpacked(packed: bytes | str) -> str:
    """The stamp of its bytes, or of their base64 as an answer that is not botocore's has them."""
    data = b64decode(packed) if isinstance(packed, str) else packed
    time, request, order = data[:_TIME], data[_TIME : _TIME + _REQUEST], data[_TIME + _REQUEST :]
    return f"{int.from_bytes(time):013d}-{request.hex()}-{int.from_bytes(order):05d}"
