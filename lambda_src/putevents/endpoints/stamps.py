"""Stamps, which order updates: as the text that is compared, and as the bytes that are stored."""

import re
from base64 import b64decode
from functools import lru_cache
from zlib import crc32

from putevents.wire.arrival import Arrival

# Milliseconds, a checksum and an order.
_STAMP = re.compile(r"(\d{13})-([0-9a-f]{8})-(\d{5})")
_TIME, _REQUEST = 6, 4  # bytes; of the order, which mostly is 0, as many as it has
PACKED_BYTES = _TIME + _REQUEST  # at least
_FEW = 64  # an item has few stamps, each of them many times


def stamp(arrival: Arrival) -> str:
    """Orders updates by arrival, and those of one request by their order in it."""
    request = crc32(arrival.request_id.encode())
    return f"{arrival.timestamp:013d}-{request:08x}-{arrival.order:05d}"


def moment_stamp(moment: int) -> str:
    """A stamp as of a moment, in ms of Unix time; it is before any that an update of it has."""
    return f"{moment:013d}"


@lru_cache(_FEW)
def packed(stamp: str) -> bytes | None:
    """A stamp of an update as bytes; None if it is none of ours."""
    if not (parts := _STAMP.fullmatch(stamp)):
        return None
    order = int(parts[3])
    return (
        int(parts[1]).to_bytes(_TIME)
        + bytes.fromhex(parts[2])
        + order.to_bytes((order.bit_length() + 7) // 8)
    )


@lru_cache(_FEW)
def unpacked(packed: bytes | str) -> str:
    """The stamp of its bytes, or of their base64."""
    data = b64decode(packed) if isinstance(packed, str) else packed
    time, request, order = data[:_TIME], data[_TIME:PACKED_BYTES], data[PACKED_BYTES:]
    return f"{int.from_bytes(time):013d}-{request.hex()}-{int.from_bytes(order):05d}"
