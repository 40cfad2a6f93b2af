"""All endpoints of all applications: many are updated at once, read by id and by user."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from putevents.endpoints.item import USER_ID, Item, Members, members_of, stamp
from putevents.endpoints.keys import is_endpoint_id, is_user_id, user_key
from putevents.endpoints.shown import response
from putevents.endpoints.store import ItemStore, StoreError
from putevents.endpoints.update import TOO_LARGE, Change, Update, Updated
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.rules import BAD_ENDPOINT_ID
from putevents.wire.schemas import EndpointResponse, PublicEndpoint

WorkT = TypeVar("WorkT")
ResultT = TypeVar("ResultT")


class Stored(NamedTuple):
    """An endpoint as it is now, and the rule for which its update was rejected, if any."""

    endpoint: EndpointResponse
    rejection: str | None = None


class EndpointTable:
    """Pinpoint's rules over a store of items, in which each user has an item too."""

    def __init__(self, store: ItemStore) -> None:
        self._store = store

    def update(
        self,
        application_id: str,
        updates: dict[str, PublicEndpoint],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> tuple[dict[str, Stored], list[Exception]]:
        """Apply partial updates, each as of its arrival; `{}` only makes the endpoint exist.

        Returns the endpoints as they are now, and what failed. An endpoint that is missing may be
        tried again with the same arrival.
        """
        changes = {
            id_: Change(endpoint, arrivals[id_], arrivals[id_].timestamp)
            for id_, endpoint in updates.items()
        }
        return self.update_each(application_id, changes, time_left)

    def update_each(
        self, application_id: str, changes: dict[str, Change], time_left: TimeLeft
    ) -> tuple[dict[str, Stored], list[Exception]]:
        """As `update`, for endpoints that may have existed before their update arrived."""
        said: dict[str, Members] = {}
        rejected: dict[str, Stored] = {}
        for id_, (endpoint, arrival, created) in changes.items():
            if is_endpoint_id(id_):
                said[id_] = members_of(endpoint, stamp(arrival, id_))
            else:  # rejected here, because the store would reject the others with it
                shown = response(application_id, id_, Item(created=created), None)
                rule = BAD_ENDPOINT_ID.message if "$" in id_ or not id_ else TOO_LARGE
                rejected[id_] = Stored(shown, rule)
        try:
            updated, failures = self._apply(application_id, changes, said, time_left)
            return rejected | self._shown(application_id, updated), failures
        except StoreError as error:
            return rejected, [error]

    def get(self, application_id: str, endpoint_ids: Iterable[str]) -> list[EndpointResponse]:
        """The endpoints that exist, by id."""
        items = self._store.read(application_id, filter(is_endpoint_id, endpoint_ids))
        shown = self._shown(application_id, {id_: Updated(items[id_]) for id_ in sorted(items)})
        return [stored.endpoint for stored in shown.values()]

    def of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user, by id."""
        if not is_user_id(user_id):
            return []
        found = self.get(application_id, self._store.find_by_user(application_id, user_id))
        # The store may still lead to an endpoint that has left the user.
        return [e for e in found if e.get("User", {}).get("UserId") == user_id]

    def delete(self, application_id: str, endpoint_id: str) -> EndpointResponse | None:
        """Delete an endpoint and, with a user's last one, the user; what it was, or None."""
        found = next(iter(self.get(application_id, [endpoint_id])), None)
        if found is None:
            return None
        self._store.delete(application_id, endpoint_id)
        user_id = found.get("User", {}).get("UserId")
        if user_id and not self.of_user(application_id, user_id):
            self._store.delete(application_id, user_key(user_id))
        return found

    def delete_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """Delete a user, and the user's endpoints; what these were."""
        if not is_user_id(user_id):
            return []
        found = self.of_user(application_id, user_id)
        for endpoint in found:
            self._store.delete(application_id, endpoint["Id"])
        self._store.delete(application_id, user_key(user_id))
        return found

    def _apply(
        self,
        application_id: str,
        changes: dict[str, Change],
        said: dict[str, Members],
        time_left: TimeLeft,
    ) -> tuple[dict[str, Updated], list[Exception]]:
        # An update without members is only read; one that names a user may join or leave one.
        asked = [id_ for id_, members in said.items() if not members or USER_ID in members]
        known = self._store.read(application_id, asked)
        quiet = {
            id_: Updated(item)
            for id_, item in known.items()
            if not said[id_] and item.created <= changes[id_].created
        }

        def apply(id_: str) -> Updated:
            with self._store.together():
                update = Update(self._store, application_id, id_, changes[id_])
                return update.apply(said[id_], known.get(id_))

        work = [id_ for id_ in said if id_ not in quiet]
        done, failures = _do_all(apply, work, self._store.parallel, time_left)
        return quiet | done, failures

    def _shown(self, application_id: str, updated: dict[str, Updated]) -> dict[str, Stored]:
        keys = {i: user_key(item.user_id) for i, (item, _) in updated.items() if item.user_id}
        users = self._store.read(application_id, keys.values()) if keys else {}
        return {
            id_: Stored(response(application_id, id_, item, users.get(keys.get(id_, ""))), rule)
            for id_, (item, rule) in updated.items()
        }


def _do_all(
    task: Callable[[WorkT], ResultT], work: list[WorkT], parallel: int, time_left: TimeLeft
) -> tuple[dict[WorkT, ResultT], list[Exception]]:
    """Do the work, several at once, while there is time; what was done, and what failed."""
    done: dict[WorkT, ResultT] = {}
    failures: list[Exception] = []

    def attempt(item: WorkT) -> None:
        if not time_left.is_enough_to_deliver():
            failures.append(TimeoutError())
            return
        try:
            done[item] = task(item)
        except StoreError as error:
            failures.append(error)

    threads = min(parallel, len(work))
    if threads < 2:  # no thread for the one endpoint that most requests have
        for item in work:
            attempt(item)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(attempt, work))
    return done, failures
