"""One request's way to a store of items: several calls at once, each only while there is time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from time import time_ns
from typing import TypeVar

from putevents.endpoints.item import Item, Members
from putevents.endpoints.store import ItemStore, StoreError, check_time
from putevents.time_left import TimeLeft
from putevents.wire.split import batches

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")


class Work:
    """What a request asks of the endpoints of one application."""

    def __init__(self, store: ItemStore, application_id: str, time_left: TimeLeft) -> None:
        self.store, self.application_id, self.time_left = store, application_id, time_left

    def read(self, ids: Iterable[str]) -> dict[str, Item]:
        """The items that exist; raises StoreError unless all could be read."""
        return {id_: item for id_, item in self.read_stored(ids).items() if item.revision}

    def read_stored(self, ids: Iterable[str]) -> dict[str, Item]:
        """The same with the tombstones of those that were deleted."""
        size = self.store.keys_per_read
        chunks = list(batches(dict.fromkeys(ids), lambda _: 1, max_size=size))

        def read(chunk: list[str]) -> dict[str, Item]:
            return self.store.read(self.application_id, chunk, self.time_left)

        if len(chunks) == 1:  # the caller has asked the time
            return read(chunks[0])
        found, failures = self.do_all(lambda number: read(chunks[number]), range(len(chunks)))
        if failures:
            raise failures[0]
        return {id_: item for number in sorted(found) for id_, item in found[number].items()}

    def do_all(
        self, task: Callable[[TaskT], ResultT], work: Iterable[TaskT]
    ) -> tuple[dict[TaskT, ResultT], list[StoreError]]:
        """Do the work, several at once, while there is time; what was done, and what failed."""
        done: dict[TaskT, ResultT] = {}
        failures: list[StoreError] = []

        def attempt(item: TaskT) -> None:
            try:
                check_time(self.time_left)
                done[item] = task(item)
            except StoreError as error:
                failures.append(error)

        todo = list(work)
        threads = min(self.store.parallel, len(todo))
        if threads < 2:  # no thread for the one endpoint that most requests have
            for item in todo:
                attempt(item)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(attempt, todo))
        return done, failures

    def write(
        self, id_: str, update: Members, created: int, spelled: str = "", owner: str = ""
    ) -> tuple[Item, Item]:
        """Set members of an item, which is created if there is none."""
        args = self.application_id, id_, update, created
        return self.store.write(*args, spelled=spelled, owner=owner, time_left=self.time_left)

    def write_to_other(self, id_: str, update: Members, *, unlist: bool = False) -> Item:
        """Set members of an endpoint that is not the updated one, if it still exists."""
        # Since when the updated endpoint exists says nothing about another one.
        args = self.application_id, id_, update, time_ns() // 1_000_000
        left = self.time_left
        return self.store.write(*args, create=False, unlist=unlist, time_left=left)[1]

    def take_back(self, id_: str, update: Members, before: Item) -> None:
        """Undo a write."""
        self.store.take_back(self.application_id, id_, update, before, self.time_left)

    def find_by_user(self, user_id: str) -> list[str]:
        """The ids of a user's endpoints."""
        return self.store.find_by_user(self.application_id, user_id, self.time_left)

    def find_by_address(self, address: str) -> list[str]:
        """The ids of the endpoints with an address that were not unlisted."""
        return self.store.find_by_address(self.application_id, address, self.time_left)
