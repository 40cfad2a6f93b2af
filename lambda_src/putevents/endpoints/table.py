"""All endpoints of all applications: many are updated at once, read by id and by user."""

from collections.abc import Iterable, Mapping
from itertools import islice
from time import time_ns
from typing import NamedTuple

from putevents.endpoints.apply import apply
from putevents.endpoints.deletion import (
    Forget,
    Waited,
    bury,
    bury_endpoint,
    forgotten,
    is_forgotten,
    remove_user,
)
from putevents.endpoints.groups import Asked, in_order
from putevents.endpoints.item import USER_ID, Item, user_attributes
from putevents.endpoints.keys import endpoint_key, is_endpoint_id, is_user_id, user_key
from putevents.endpoints.people import People
from putevents.endpoints.repeated_attributes import write_repeated
from putevents.endpoints.shown import response
from putevents.endpoints.store import NO_END, ItemStore, StoreError
from putevents.endpoints.update import TOO_LARGE, Change, Updated
from putevents.endpoints.work import Work
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import Arrivals
from putevents.wire.rules import BAD_ENDPOINT_ID
from putevents.wire.schemas import (
    NO_UPDATE,
    EndpointItemResponse,
    EndpointResponse,
    EventItemResponse,
    PublicEndpoint,
    StoredItemResponse,
    ValidBatch,
)

MAX_UPDATES = 1000  # of one request; the rest is for the queue


class Stored(NamedTuple):
    """An endpoint as it was after an update, and the rule for which that was rejected, if any."""

    endpoint: EndpointResponse
    rejection: str | None = None
    is_forbidden: bool = False  # it is another caller's: nothing is shown of it
    is_forgotten: bool = False  # since it arrived: its events must not be stored

    @property
    def answer(self) -> EndpointItemResponse:
        """What is answered for the update."""
        status = 403 if self.is_forbidden else 400
        return {"StatusCode": status, "Message": self.rejection} if self.rejection else ACCEPTED

    def response(self, batch: ValidBatch) -> StoredItemResponse:
        """The answer before any event is stored; those of another caller's endpoint are not."""
        rejected: dict[str, EventItemResponse] = {}
        if self.is_forbidden:
            rejected = dict.fromkeys(batch.events, self.answer)
        return {
            "EndpointItemResponse": self.answer,
            "EventsItemResponse": rejected,
            "Stored": batch.stored or self.endpoint,
        }


def updates_of(batch_item: Mapping[str, ValidBatch]) -> dict[str, PublicEndpoint]:
    """The updates of a request; an endpoint whose events need nothing of the table has none."""
    return {
        id_: batch.endpoint or NO_UPDATE
        for id_, batch in batch_item.items()
        if batch.endpoint is not None or not batch.stored
    }


class TooManyUpdatesError(StoreError):
    """More endpoints than one request updates."""


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
    ) -> tuple[dict[str, Stored], list[StoreError]]:
        """Apply partial updates, each as of its arrival; `{}` only makes the endpoint exist.

        Returns the endpoints as they were when their updates arrived, as far as that is known, and
        what failed. An endpoint that is missing may be tried again with the same arrival.
        """
        changes = {
            id_: Change(endpoint, arrivals[id_], arrivals[id_].timestamp)
            for id_, endpoint in updates.items()
        }
        return self.update_each(application_id, changes, time_left)

    def update_each(
        self, application_id: str, changes: dict[str, Change], time_left: TimeLeft
    ) -> tuple[dict[str, Stored], list[StoreError]]:
        """As `update`, for endpoints that may have existed before their update arrived."""
        work, rejected = Work(self._store, application_id, time_left), {}
        valid: dict[str, Change] = {}
        for id_, change in islice(changes.items(), MAX_UPDATES):
            if is_endpoint_id(id_):
                valid[id_] = change
            else:  # rejected here, because the store would reject the others with it
                shown = response(application_id, id_, Item(created=change.created), None)
                rule = BAD_ENDPOINT_ID.message if "$" in id_ or not id_ else TOO_LARGE
                rejected[id_] = Stored(shown, rule)
        asked = in_order(valid)
        failures: list[StoreError] = []
        if len(changes) > MAX_UPDATES:
            failures.append(TooManyUpdatesError("Too many endpoints in one request."))
        try:
            updated, people = apply(work, asked, failures)
            return rejected | _as_of_arrival(work, asked, updated, people), failures
        except StoreError as error:
            return rejected, [*failures, error]

    def waited(
        self,
        application_id: str,
        stored: dict[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> tuple[dict[str, Stored], list[StoreError]]:
        """Endpoints whose events waited with them, and what failed; some are forgotten by now."""
        if not stored:
            return {}, []
        try:
            gone = self.forgotten(application_id, stored, arrivals, time_left)
        except StoreError as error:
            return {}, [error]
        return {id_: Stored(e, is_forgotten=id_ in gone) for id_, e in stored.items()}, []

    def forgotten(
        self,
        application_id: str,
        waiting: Mapping[str, EndpointResponse],
        arrivals: Arrivals,
        time_left: TimeLeft,
    ) -> set[str]:
        """Which endpoints were forgotten, or their users, since what waits of them came in."""
        waited = {
            id_: Waited(endpoint.get("User", {}).get("UserId", ""), arrivals[id_])
            for id_, endpoint in waiting.items()
        }
        return forgotten(Work(self._store, application_id, time_left), waited)

    def get(self, application_id: str, endpoint_ids: Iterable[str]) -> list[EndpointResponse]:
        """The endpoints that exist, by id."""
        return _by_id(self._get(application_id, endpoint_ids))

    def of_user(self, application_id: str, user_id: str) -> list[EndpointResponse]:
        """The endpoints of a user, by id."""
        return _by_id(self._of_user(application_id, user_id))

    def delete(
        self, application_id: str, endpoint_id: str, moment: int = 0
    ) -> EndpointResponse | None:
        """Delete an endpoint and, with a user's last one, the user; what it was, or None.

        `moment` is now unless it is told, in Unix time in ms.
        """
        found = self._get(application_id, [endpoint_id])
        if not found:
            return None
        [(key, endpoint)] = found.items()
        work = Work(self._store, application_id, NO_END)
        deleted = bury_endpoint(work, key, moment or _now())
        user_id = endpoint.get("User", {}).get("UserId")
        if user_id and not self.of_user(application_id, user_id):
            remove_user(work, user_id)
        else:
            write_repeated(work, People(work), deleted)
        return endpoint

    def delete_user(
        self, application_id: str, user_id: str, moment: int = 0
    ) -> list[EndpointResponse]:
        """Delete a user, and the user's endpoints; what these were."""
        if not is_user_id(user_id):
            return []
        found, when = self._of_user(application_id, user_id), moment or _now()
        work = Work(self._store, application_id, NO_END)
        for key in found:
            bury_endpoint(work, key, when)
        bury(work, user_key(user_id), when)
        return _by_id(found)

    def forget(
        self, application_id: str, endpoint_ids: Iterable[str], user_id: str = ""
    ) -> list[str]:
        """Delete endpoints and store none of their events that came before; the same for a user.

        With a user, an endpoint that somebody else has by now only forgets who had it before, and
        of any other those events stay that name somebody else. Returns the keys of what was
        deleted.
        """
        work, when = Work(self._store, application_id, NO_END), _now()
        keys = [id_ for id_ in endpoint_ids if is_endpoint_id(id_)]
        stored = work.read(keys) if user_id else {}
        users: dict[str, Item] = {}
        if is_user_id(user_id):  # before the endpoints, see is_forgotten
            users[user_key(user_id)] = bury(work, user_key(user_id), when, Forget.ALL)
        was: dict[str, Item] = {}
        scope = Forget.BUT_OTHERS if user_id else Forget.ALL
        for key in keys:
            item = stored.get(key, Item())
            if item.user_id in ("", user_id):
                was[key] = bury_endpoint(work, key, when, scope)
            elif others := item.without_user(user_id):
                work.write_to_other(key, others)
        was |= users
        for left in {item.user_id for item in was.values()} - {"", user_id}:
            if not self.of_user(application_id, left):
                remove_user(work, left)
        return [key for key, item in was.items() if item.revision]

    def _get(self, application_id: str, ids: Iterable[str]) -> dict[str, EndpointResponse]:
        """Endpoints by the keys of their items."""
        keys: dict[str, str] = {}
        for id_ in filter(is_endpoint_id, ids):
            keys.setdefault(endpoint_key(id_), id_)
        work = Work(self._store, application_id, NO_END)
        # An earlier version stored an endpoint under the letters that it was sent in.
        items = work.read([*keys, *keys.values()])
        found = {k: items[k] for pair in keys.items() for k in [_first(pair, items)] if k in items}
        users = People(work).of(item.user_id for item in found.values() if item.user_id)
        return {
            key: response(application_id, key, item, users.get(item.user_id))
            for key, item in found.items()
        }

    def _of_user(self, application_id: str, user_id: str) -> dict[str, EndpointResponse]:
        if not is_user_id(user_id):
            return {}
        work = Work(self._store, application_id, NO_END)
        # The store may still lead to an endpoint that has left the user.
        items = work.read(work.find_by_user(user_id))
        found = {key: item for key, item in items.items() if item.user_id == user_id}
        users = People(work).of([user_id] if found else [])
        return {
            key: response(application_id, key, item, users.get(user_id))
            for key, item in found.items()
        }


def _as_of_arrival(
    work: Work, asked: list[Asked], updated: dict[str, Updated], people: People
) -> dict[str, Stored]:
    """The endpoints as they were when their updates arrived, as far as that is known."""
    items = {
        a.id: updated[a.id].item.as_of(a.stamp, updated[a.id].said)
        for a in asked
        if a.id in updated
    }
    users = people.of(item.user_id for item in items.values() if item.user_id)
    stored: dict[str, Stored] = {}
    for id_, key, stamp, members, _ in asked:
        if id_ not in items:
            continue
        item, user = items[id_], users.get(items[id_].user_id)
        said = user_attributes(updated[id_].said)
        if user:
            user = user.as_of(stamp, said)
        elif updated[id_].item.deleted >= stamp:
            user = Item(said)  # of a user who is not stored, or not yet
        shown_id = key if item.revision else id_
        shown = response(work.application_id, shown_id, item, user)
        named = str(members[USER_ID].value) if USER_ID in members else ""
        owner = people.get(named) if is_user_id(named) else Item()
        gone = is_forgotten(work, updated[id_].item, owner, named, stamp)
        stored[id_] = Stored(shown, updated[id_].rejection, updated[id_].is_forbidden, gone)
    return stored


def _now() -> int:
    return time_ns() // 1_000_000


def _first(keys: Iterable[str], items: dict[str, Item]) -> str:
    return next((key for key in keys if key in items), "")


def _by_id(found: dict[str, EndpointResponse]) -> list[EndpointResponse]:
    return sorted(found.values(), key=lambda endpoint: endpoint["Id"])
