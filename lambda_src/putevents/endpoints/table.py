"""The endpoints in DynamoDB: updated many at once, read by id and by user."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from putevents.destinations.lake.dynamodb import CONNECTIONS, ContendedError, ItemStore
from putevents.endpoints.item import (
    USER_ID,
    Item,
    Members,
    members_of,
    response,
    stamp,
)
from putevents.endpoints.update import (
    TOO_LARGE,
    Change,
    Update,
    Updated,
    is_key,
    user_key,
)
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrivals
from putevents.wire.schemas import EndpointResponse, PublicEndpoint

FAILURES = (BotoCoreError, ClientError, ContendedError)
WorkT = TypeVar("WorkT")
ResultT = TypeVar("ResultT")


class Stored(NamedTuple):
    """An endpoint as it is now, and the rule for which its update was refused, if it was."""

    endpoint: EndpointResponse
    refusal: str | None = None


class EndpointTable:
    """All endpoints of all applications; what those of a user share is an item of its own."""

    def __init__(self, table: str) -> None:
        self._store = ItemStore(table)

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
        """As `update`, of endpoints that may be known for longer than since their arrival."""
        said: dict[str, Members] = {}
        refused: dict[str, Stored] = {}
        for id_, (endpoint, arrival, created) in changes.items():
            if is_key(id_):
                said[id_] = members_of(endpoint, stamp(arrival))
            else:  # refused here, for the table would refuse the others with it
                shown = response(application_id, id_, Item(created=created), None)
                refused[id_] = Stored(shown, TOO_LARGE)
        # What says nothing is only read; who names a user may be joining it.
        asked = [id_ for id_, members in said.items() if not members or USER_ID in members]
        try:
            known = self._store.read(application_id, asked)
            quiet = {
                id_: Updated(item)
                for id_, item in known.items()
                if not said[id_] and item.created <= changes[id_].created
            }
            updated, failures = _in_parallel(
                lambda id_: Update(self._store, application_id, changes[id_]).apply(
                    id_, said[id_], known.get(id_)
                ),
                [id_ for id_ in said if id_ not in quiet],
                time_left,
            )
            return refused | self._shown(application_id, quiet | updated), failures
        except FAILURES as error:
            return refused, [error]

    def get(self, application_id: str, endpoint_ids: Iterable[str]) -> list[EndpointResponse]:
        """The endpoints that are there."""
        items = self._store.read(application_id, filter(is_key, endpoint_ids))
        shown = self._shown(application_id, {id_: Updated(item) for id_, item in items.items()})
        return [stored.endpoint for stored in shown.values()]

    def of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user."""
        if not is_key(user_key(user_id)):
            return []
        found = self.get(application_id, self._store.find(application_id, "user_id", user_id))
        # The index may still lead to one that has left.
        return [e for e in found if e.get("User", {}).get("UserId") == user_id]

    def delete(self, application_id: str, endpoint: EndpointResponse) -> None:
        """Forget an endpoint and, with a user's last one, what is known of the user."""
        self._store.delete(application_id, endpoint["Id"])
        user_id = endpoint.get("User", {}).get("UserId")
        if user_id and not self.of_user(application_id, user_id):
            self._store.delete(application_id, user_key(user_id))

    def _shown(self, application_id: str, updated: dict[str, Updated]) -> dict[str, Stored]:
        keys = {
            id_: user_key(user_id)
            for id_, (item, _) in updated.items()
            if (user_id := item.value(USER_ID))
        }
        users = self._store.read(application_id, keys.values()) if keys else {}
        return {
            id_: Stored(response(application_id, id_, item, users.get(keys.get(id_, ""))), refusal)
            for id_, (item, refusal) in updated.items()
        }


def _in_parallel(
    task: Callable[[WorkT], ResultT], work: list[WorkT], time_left: TimeLeft
) -> tuple[dict[WorkT, ResultT], list[Exception]]:
    """Do the work side by side while there is time; what was done, and what failed."""
    done: dict[WorkT, ResultT] = {}
    failures: list[Exception] = []

    def attempt(item: WorkT) -> None:
        if not time_left.is_enough_to_deliver():
            failures.append(TimeoutError())
            return
        try:
            done[item] = task(item)
        except FAILURES as error:
            failures.append(error)

    if len(work) < 2:  # no thread for the one endpoint that most requests have
        for item in work:
            attempt(item)
    else:
        with ThreadPoolExecutor(min(CONNECTIONS, len(work))) as pool:
            list(pool.map(attempt, work))
    return done, failures
