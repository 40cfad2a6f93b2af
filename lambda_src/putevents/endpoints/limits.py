"""Pinpoint's limits, which hold for an endpoint as its updates have made it, not for each alone."""

from putevents.endpoints.item import Item
from putevents.wire.rules import LARGE_ENDPOINT, MAX_ENDPOINT_BYTES, Rejection

MAX_KEYS = 250
_MANY_KEYS = Rejection("Number of attributes per endpoint submitted should be less than 250.", "")
_LARGE = LARGE_ENDPOINT._replace(key="")


class LimitError(Exception):
    """An update would make an item larger than Pinpoint allows; the text is the rule."""


def check_growth(before: Item, after: Item) -> None:
    """Raise LimitError if an update makes an item break a limit, or break it more.

    What is new was validated at the door, and what an earlier version let grow may shrink.
    """
    if not before.revision:
        return
    if MAX_KEYS < after.keys > before.keys:
        raise LimitError(_MANY_KEYS.message)
    if MAX_ENDPOINT_BYTES < after.size > before.size:
        raise LimitError(_LARGE.message)
