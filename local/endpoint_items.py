"""The store of endpoints in the SQLite file."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic_core import from_json, to_json

from local.savepoint import savepoint
from putevents.endpoints.item import ADDRESS, Item, Member, Members
from putevents.endpoints.store import StoreError


class SqliteItems:
    """An ItemStore inside a transaction that somebody else begins and commits."""

    parallel = 1  # one connection

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[str, str], Item] = {}  # nobody else writes meanwhile

    def read(self, application_id: str, ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist."""
        items = {id_: self._read(application_id, id_) for id_ in ids}
        return {id_: item for id_, item in items.items() if item.revision}

    def write(
        self, application_id: str, id_: str, update: Members, created: int, *, create: bool = True
    ) -> tuple[Item, Item]:
        """Set the members that are newer than the stored ones; the item before and after."""
        before = self._read(application_id, id_)
        left = before.to_write(update, created, create=create)
        if left is None:
            return before, before
        after = before.after(left, created)
        address = after.value(ADDRESS) or None
        row = (to_json(after.members).decode(), after.created, after.latest, after.revision)
        self._connection.execute(
            "INSERT INTO endpoint_items VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " user_id = excluded.user_id, address = excluded.address, members = excluded.members,"
            " created = excluded.created, latest = excluded.latest, revision = excluded.revision",
            (application_id, id_, after.user_id or None, address, *row),
        )
        self._known[application_id, id_] = after
        return before, after

    def delete(self, application_id: str, id_: str) -> Item | None:
        """Delete an item; what it was, or None."""
        found = self._read(application_id, id_)
        self._known.clear()
        self._connection.execute(
            "DELETE FROM endpoint_items WHERE application_id = ? AND endpoint_id = ?",
            (application_id, id_),
        )
        return found if found.revision else None

    def find_by_user(self, application_id: str, user_id: str) -> list[str]:
        """The ids of a user's endpoints."""
        return self._find("user_id", application_id, user_id)

    def find_by_address(self, application_id: str, address: str) -> list[str]:
        """The ids of the endpoints with an address."""
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

    def _read(self, application_id: str, id_: str) -> Item:
        key = (application_id, id_)
        if key not in self._known:
            self._known[key] = self._select(*key)
        return self._known[key]

    def _select(self, application_id: str, id_: str) -> Item:
        row = self._connection.execute(
            "SELECT members, created, latest, revision FROM endpoint_items"
            " WHERE application_id = ? AND endpoint_id = ?",
            (application_id, id_),
        ).fetchone()
        if row is None:
            return Item()
        return Item({name: Member(*pair) for name, pair in from_json(row[0]).items()}, *row[1:])

    def _find(self, column: str, application_id: str, value: str) -> list[str]:
        found = self._connection.execute(
            "SELECT endpoint_id FROM endpoint_items"  # noqa: S608 # our column
            f" WHERE application_id = ? AND {column} = ?",
            (application_id, value),
        )
        return [endpoint_id for (endpoint_id,) in found]
