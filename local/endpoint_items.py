"""The store of endpoints in the SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import time
from typing import Any

from pydantic_core import from_json, to_json

from local.savepoint import savepoint
from putevents.endpoints.item import ADDRESS, Item, Member, Members
from putevents.endpoints.store import NO_END, TOMBSTONE_DAYS, NotOwnedError, StoreError
from putevents.time_left import TimeLeft

_KEYS = ("application_id", "endpoint_id")
_VALUES = (
    *("user_id", "address", "members", "created", "latest", "revision", "spelled", "owner"),
    *("deleted", "forgotten", "spares", "expires"),
)
_INSERT = (
    f"INSERT INTO endpoint_items ({', '.join(_KEYS + _VALUES)})"  # noqa: S608 # our names
    f" VALUES ({', '.join(f':{column}' for column in _KEYS + _VALUES)})"
    f" ON CONFLICT DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _VALUES)}"
)


class SqliteItems:
    """An ItemStore inside a transaction that somebody else begins and commits."""

    parallel = 1  # one connection
    keys_per_read = 1000

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # By key, an item and the address that it is listed under; nobody else writes meanwhile.
        self._known: dict[tuple[str, str], tuple[Item, str | None]] = {}

    def read(
        self, application_id: str, ids: Iterable[str], time_left: TimeLeft = NO_END
    ) -> dict[str, Item]:
        """The items that are stored, tombstones too."""
        items = {id_: self._read(application_id, id_)[0] for id_ in ids}
        return {id_: item for id_, item in items.items() if item.revision or item.deleted}

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
        """Set the members that are newer than the stored ones; the item before and after."""
        before, address = self._read(application_id, id_)
        if before.is_anothers(owner):
            raise NotOwnedError("The item is another caller's.")
        left = before.to_write(update, created, create=create)
        if left is None and not (before.revision and before.is_to_tie(owner)):
            return before, before
        left = left or {}
        after = before.after(left, created, spelled, owner)
        if ADDRESS in left or unlist:
            address = None if unlist else after.value(ADDRESS)
        self._replace(application_id, id_, after, address)
        return before, after

    def take_back(
        self,
        application_id: str,
        id_: str,
        update: Members,
        before: Item,
        time_left: TimeLeft = NO_END,
    ) -> None:
        """Set the members of an update to what they were before it."""
        item, address = self._read(application_id, id_)
        old, gone = item.taken_back(update, before)
        members = {name: member for name, member in item.members.items() if name not in gone}
        restored = replace(item, members=members | old, revision=item.revision + 1)
        if ADDRESS in old or ADDRESS in gone:
            address = restored.value(ADDRESS)
        self._replace(application_id, id_, restored, address)

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        found, _ = self._read(application_id, id_)
        self._known.clear()
        self._connection.execute(
            "DELETE FROM endpoint_items WHERE application_id = ? AND endpoint_id = ?",
            (application_id, id_),
        )
        return found if found.revision or found.deleted else None

    def bury(self, application_id: str, id_: str, tombstone: Item) -> Item:
        """Put a tombstone in an item's place; what was there. Old tombstones go meanwhile."""
        found, _ = self._read(application_id, id_)
        now = int(time())
        self._connection.execute("DELETE FROM endpoint_items WHERE expires < ?", (now,))
        self._replace(application_id, id_, tombstone, None, now + TOMBSTONE_DAYS * 24 * 3600)
        return found

    def find_by_user(
        self, application_id: str, user_id: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of a user's endpoints."""
        return self._find("user_id", application_id, user_id)

    def find_by_address(
        self, application_id: str, address: str, time_left: TimeLeft = NO_END
    ) -> list[str]:
        """The ids of the endpoints with an address that are listed."""
        return self._find("address", application_id, address)

    @contextmanager
    def together(self) -> Iterator[None]:
        """A block whose writes are undone when it fails; the rest of the transaction stays."""
        try:
            with savepoint(self._connection):
                yield
        except StoreError:
            self._known.clear()
            raise

    def _read(self, application_id: str, id_: str) -> tuple[Item, str | None]:
        key = (application_id, id_)
        if key not in self._known:
            self._known[key] = self._select(*key)
        return self._known[key]

    def _select(self, application_id: str, id_: str) -> tuple[Item, str | None]:
        row = self._connection.execute(
            "SELECT address, members, created, latest, revision, spelled, owner, deleted,"
            " forgotten, spares FROM endpoint_items"
            " WHERE application_id = ? AND endpoint_id = ?",
            (application_id, id_),
        ).fetchone()
        if row is None:
            return Item(), None
        members = {name: Member(*pair) for name, pair in from_json(row[1]).items()}
        return Item(members, *row[2:]), row[0]

    def _replace(
        self,
        application_id: str,
        id_: str,
        item: Item,
        address: str | None,
        expires: int | None = None,
    ) -> None:
        row: dict[str, Any] = {
            "application_id": application_id,
            "endpoint_id": id_,
            "user_id": item.user_id or None,
            "address": address or None,
            "members": to_json(item.members).decode(),
            "created": item.created,
            "latest": item.latest,
            "revision": item.revision,
            "spelled": item.spelled,
            "owner": item.owner,
            "deleted": item.deleted,
            "forgotten": item.forgotten,
            "spares": item.spares,
            "expires": expires,
        }
        self._connection.execute(_INSERT, row)
        self._known[application_id, id_] = (item, row["address"])

    def _find(self, column: str, application_id: str, value: str) -> list[str]:
        found = self._connection.execute(
            "SELECT endpoint_id FROM endpoint_items"  # noqa: S608 # our column
            f" WHERE application_id = ? AND {column} = ?",
            (application_id, value),
        )
        return [endpoint_id for (endpoint_id,) in found]
