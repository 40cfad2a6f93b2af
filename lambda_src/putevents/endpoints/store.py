"""The interface between the rules for endpoints and the database that keeps their items."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from putevents.endpoints.item import Item, Members


class StoreError(Exception):
    """The store did not do what it was asked; trying again may help. `kind` is safe to log."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind or type(self).__name__


class ContendedError(StoreError):
    """Other writers kept changing the item."""


class TooLargeError(StoreError):
    """The store cannot hold the value; trying again does not help."""


class ItemStore(Protocol):
    """Keeps items by application and id. Every failure is raised as a StoreError."""

    parallel: int  # how many updates it can take at once

    def read(self, application_id: str, ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist; it sees every write that was answered before."""
        ...

    def write(
        self, application_id: str, id_: str, update: Members, created: int, *, create: bool = True
    ) -> tuple[Item, Item]:
        """Set the members that are newer than the stored ones; the item before and after.

        The change is atomic. An item that does not exist is created, even by an update without
        members; with `create` off it is left alone.
        """
        ...

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        ...

    def find_by_user(self, application_id: str, user_id: str) -> list[str]:
        """The ids of a user's endpoints. The answer may be moments old."""
        ...

    def find_by_address(self, application_id: str, address: str) -> list[str]:
        """The ids of the endpoints with an address. The answer may be moments old."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """A block whose writes are undone when it fails, if the store can undo writes."""
        ...
