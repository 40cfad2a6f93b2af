"""The interface between the rules for endpoints and the database that keeps their items."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from putevents.endpoints.item import Item, Members
from putevents.time_left import TimeLeft

NO_END = TimeLeft()
# Longer than a message can wait: on the queue, as a dead letter and, sent back, on the queue again
# (wire.arrival.MAX_AGE_MS). Until then a tombstone holds off what is older than the deletion.
TOMBSTONE_DAYS = 60


class StoreError(Exception):
    """The store did not do what it was asked; trying again may help. `kind` is safe to log."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind or type(self).__name__


class OutOfTimeError(StoreError):
    """The invocation has no time left for another call."""


class ContendedError(StoreError):
    """Other writers kept changing the item."""


class TooLargeError(StoreError):
    """The store cannot hold the value; trying again does not help."""


class NotOwnedError(StoreError):
    """The item is another caller's."""


def check_time(time_left: TimeLeft) -> None:
    """Raise OutOfTimeError unless one more call to the store can be made."""
    if not time_left.is_enough_to_deliver():
        raise OutOfTimeError("No time is left for another call.")


class ItemStore(Protocol):
    """Keeps items by application and id. Every failure is raised as a StoreError.

    A call that makes several calls outside asks `time_left` before each but the first.
    """

    parallel: int  # how many calls it can take at once
    keys_per_read: int  # as many items one call of `read` should ask for

    def read(
        self, application_id: str, ids: Iterable[str], time_left: TimeLeft = NO_END
    ) -> dict[str, Item]:
        """The items that are stored, tombstones too; it sees every write answered before."""
        ...

    def write(
        self,
        application_id: str,
        id_: str,
        update: Members,
        created: int,
        *,
        create: bool = True,
        spelled: str = "",
        unlist: bool = False,
        owner: str = "",
        time_left: TimeLeft = NO_END,
    ) -> tuple[Item, Item]:
        """Set the members that are newer than the stored ones; the item before and after.

        The change is atomic. An item that does not exist is created, even by an update without
        members, and keeps the letters that it is first `spelled` in; with `create` off it is left
        alone. With `unlist` a change takes it out of `find_by_address`, until its address is set
        again. With an `owner` an item that is nobody's becomes the owner's; NotOwnedError
        is raised if it is another's.
        """
        ...

    def take_back(
        self,
        application_id: str,
        id_: str,
        update: Members,
        before: Item,
        time_left: TimeLeft = NO_END,
    ) -> None:
        """Set the members of an update to what they were before it, unless they changed since."""
        ...

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        ...

    def bury(self, application_id: str, id_: str, tombstone: Item) -> Item:
        """Put a tombstone, which has no members, in an item's place; what was there.

        It goes after TOMBSTONE_DAYS, unless the item was written again by then.
        """
        ...

    def find_by_user(
        self, application_id: str, user_id: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of a user's endpoints. The answer may be moments old."""
        ...

    def find_by_address(
        self, application_id: str, address: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of the endpoints with an address that were not unlisted.

        The answer may be moments old.
        """
        ...

    def together(self) -> AbstractContextManager[None]:
        """A block whose writes are undone when it fails, if the store can undo writes."""
        ...
