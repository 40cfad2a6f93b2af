"""The users of one request: their items, read at once and kept up to date here."""

from collections.abc import Iterable

from putevents.endpoints.item import Item
from putevents.endpoints.keys import is_user_key, user_key
from putevents.endpoints.work import Work


class People:
    """The items of users as one request sees them; an empty item is one that does not exist."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._items: dict[str, Item] = {}

    def note_read(self, keys: Iterable[str], found: dict[str, Item]) -> None:
        """Note what a read of items brought, of users and of endpoints, or did not bring."""
        for key in keys:
            if is_user_key(key):
                self.note(key.removeprefix(user_key("")), found.get(key, Item()))

    def note(self, user_id: str, item: Item) -> None:
        """Note an item as the request has read or written it."""
        known = self._items.get(user_id)
        if known is None or known.revision <= item.revision:
            self._items[user_id] = item

    def get(self, user_id: str) -> Item:
        """A user's item, which is read unless it is known; a tombstone if the user was deleted."""
        self.of([user_id])
        return self._items[user_id]

    def of(self, user_ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist, by user; raises StoreError unless all could be read."""
        ids = dict.fromkeys(user_ids)
        keys = [user_key(user_id) for user_id in ids if user_id not in self._items]
        if keys:
            self.note_read(keys, self._work.read_stored(keys))
        return {id_: self._items[id_] for id_ in ids if self._items[id_].revision}
