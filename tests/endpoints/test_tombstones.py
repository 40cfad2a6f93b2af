"""What was deleted is not brought back by an older update, in whatever order they are applied."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from time import time
from typing import Any, cast
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local import endpoint_items
from local.database import SCHEMA
from local.endpoint_items import SqliteItems
from local.sqlite_destination import LocalDestination
from putevents.destinations.lake.destination import LakeDestination
from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints.item import Item
from putevents.endpoints.stamps import moment_stamp
from putevents.endpoints.store import TOMBSTONE_DAYS
from putevents.endpoints.table import EndpointTable, Stored
from putevents.endpoints.update import TOO_LARGE
from putevents.time_left import TimeLeft
from putevents.wire.answers import ACCEPTED
from putevents.wire.arrival import MAX_AGE_MS, Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint, ValidBatch
from tests.deployed.aws_faults import Faults, dynamodb_down
from tests.deployed.emulator import Emulator
from tests.endpoints.application import START
from tests.endpoints.counted_table import CountedTable, items_of
from tests.endpoints.memory_table import MemoryTable
from tests.endpoints.test_item_stores import _dynamodb, members
from tests.endpoints.test_stores_agree import slowly
from tests.endpoints.test_update_order import UPDATE
from tests.lake.conftest import MakeStream, _stream
from tests.lake.test_lake_destination import some

__all__ = ["_dynamodb", "_stream"]
fresh = (f"gone-{number}" for number in count())
PERSON = {"User": {"UserId": "u", "UserAttributes": {"k": ["1"]}}}
CAROLS: dict[str, Any] = {"User": {"UserId": "carol"}, "Attributes": {"a": ["1"]}}
DELETED = 50


def update(
    table: EndpointTable, app: str, moment: int, said: dict[str, Any], id_: str = "phone"
) -> Stored:
    arrivals = {id_: Arrival(f"request-{moment}", START + moment)}
    asked = {id_: PublicEndpoint.model_validate(said)}
    stored, failures = table.update(app, asked, arrivals, TimeLeft())
    assert failures == []
    return stored[id_]


def found(table: EndpointTable, app: str) -> Any:
    return [
        {name: value for name, value in endpoint.items() if name != "ApplicationId"}
        for endpoint in table.get(app, ["phone"])
    ]


@slowly(60)
@given(
    st.dictionaries(st.integers(1, 100).filter(lambda n: n != DELETED), UPDATE, max_size=5),
    st.randoms(use_true_random=False),
)
def test_the_order_of_updates_and_a_deletion_does_not_matter(
    either: EndpointTable, updates: dict[int, Any], random: Any
) -> None:
    before = [(moment, said) for moment, said in updates.items() if moment < DELETED]
    after = [(moment, said) for moment, said in updates.items() if moment > DELETED]
    random.shuffle(before)
    some_late = random.randint(0, len(before))
    late = [*after, *before[some_late:]]
    random.shuffle(late)
    deletion: Any = (DELETED, None)
    results = []
    for rest in (
        [*sorted(before, key=_moment), deletion, *sorted(after, key=_moment)],
        [*before[:some_late], deletion, *late],
    ):
        app = next(fresh)
        update(either, app, 0, {"OptOut": "NONE"})  # else there is nothing to delete
        for moment, said in rest:
            if said is None:
                either.delete(app, "phone", START + DELETED)
            else:
                update(either, app, moment, said)
        results.append(found(either, app))
    assert results[0] == results[1]


def test_no_older_update_brings_a_deleted_user_back(either: EndpointTable) -> None:
    app = next(fresh)
    update(either, app, 1, PERSON)
    assert either.delete_user(app, "u", START + DELETED) != []
    update(either, app, 2, {"OptOut": "NONE"})
    update(either, app, 3, PERSON)
    late = update(either, app, 4, PERSON, "tablet")  # was not known when the user was deleted
    assert (either.get(app, ["phone", "tablet"]), either.of_user(app, "u")) == ([], [])
    # The events that waited with it show what it said.
    assert late.endpoint["User"] == PERSON["User"]
    assert not late.is_forgotten

    update(either, app, DELETED + 1, {"User": {"UserId": "u"}})
    assert [e["User"] for e in either.of_user(app, "u")] == [{"UserId": "u"}]
    update(either, app, 5, PERSON)
    assert [e["User"] for e in either.of_user(app, "u")] == [{"UserId": "u"}]


def test_a_deleted_user_stays_so_when_an_endpoint_of_the_user_goes(either: EndpointTable) -> None:
    app, of_u = next(fresh), {"User": {"UserId": "u"}}
    either.delete_user(app, "u", START + DELETED)
    update(either, app, DELETED + 1, of_u, "other")
    assert either.delete(app, "other", START + DELETED + 2)
    update(either, app, DELETED - 1, of_u)
    assert found(either, app) == []


def test_a_user_whose_last_endpoint_was_deleted_may_have_had_another(
    either: EndpointTable,
) -> None:
    app = next(fresh)
    update(either, app, 2, PERSON)
    either.delete(app, "phone", START + DELETED)
    assert either.of_user(app, "u") == []
    update(either, app, 1, PERSON, "tablet")
    assert [e["Id"] for e in either.of_user(app, "u")] == ["tablet"]


def test_events_that_came_before_a_person_was_forgotten_are_told(either: EndpointTable) -> None:
    app = next(fresh)
    update(either, app, 1, PERSON)
    assert either.forget(app, ["phone", "never-seen", "$"], "u") == ["phone", "$user/u"]
    late = [
        update(either, app, 2, {}),
        update(either, app, 3, {"OptOut": "NONE"}),
        update(either, app, 4, PERSON),
        update(either, app, 4, {"Location": {"City": "x" * 10}, **PERSON}, "tablet"),
        update(either, app, 5, {}, "never-seen"),
    ]
    assert [stored.is_forgotten for stored in late] == [True] * 5
    broken = update(either, app, 6, {"Metrics": {"m": 1e300}})
    assert (broken.is_forgotten, broken.rejection) == (True, TOO_LARGE)
    now = int(time() * 1000) - START + 1000
    update(either, app, now, PERSON)
    either.delete(app, "phone", START + now + 1)  # with it the user, but not what was forgotten
    assert update(either, app, 7, PERSON).is_forgotten
    assert update(either, app, 7, PERSON, "tablet").is_forgotten
    assert not update(either, app, now - 1, {"OptOut": "NONE"}).is_forgotten
    assert either.get(app, ["phone", "tablet", "never-seen"]) == []


def test_with_a_user_goes_only_what_nobody_else_has_now(either: EndpointTable) -> None:
    app = next(fresh)
    for id_ in ("phone", "tablet", "tv"):
        update(either, app, 1, PERSON, id_)
    update(either, app, 2, {"User": {"UserId": ""}}, "phone")
    update(either, app, 2, {"User": {"UserId": "v"}}, "tablet")
    update(either, app, 2, {"User": {"UserId": "w"}}, "tv")
    update(either, app, 3, {"User": {"UserId": "v"}}, "tv")
    assert sorted(either.forget(app, ["phone", "tablet", "tv"], "u")) == ["$user/u", "phone"]
    assert [e["Id"] for e in either.of_user(app, "v")] == ["tablet", "tv"]
    # What comes late of that time is nobody's.
    late = update(either, app, 1, {"User": {"UserAttributes": {"k": ["9"]}}}, "tablet")
    assert "User" not in late.endpoint
    assert either.forget(app, ["tablet"]) == ["tablet"]
    assert [e["Id"] for e in either.of_user(app, "v")] == ["tv"]
    assert either.forget(app, ["tv"]) == ["tv"]
    assert either.of_user(app, "v") == []


def test_what_names_another_user_than_the_forgotten_one_is_told(either: EndpointTable) -> None:
    app = next(fresh)
    update(either, app, 1, PERSON)
    either.forget(app, ["phone"], "u")
    for moment in (2, 3):  # the second time after one more deletion
        carols = update(either, app, moment, CAROLS)
        assert not carols.is_forgotten
        assert carols.endpoint["User"] == CAROLS["User"]
        assert carols.endpoint["Attributes"] == CAROLS["Attributes"]
        # An older update creates nothing: who has the phone now is not known any more.
        assert (found(either, app), either.of_user(app, "carol")) == ([], [])
        assert update(either, app, moment, PERSON).is_forgotten
        assert update(either, app, moment, {"User": {"UserId": ""}}).is_forgotten
        assert update(either, app, moment, {"OptOut": "NONE"}).is_forgotten
        now = int(time() * 1000) - START + 1000
        update(either, app, now, CAROLS)
        either.delete(app, "phone", START + now + 1)
    either.forget(app, ["phone"], "carol")
    assert update(either, app, 4, CAROLS).is_forgotten
    assert not update(either, app, 4, {"User": {"UserId": "dave"}}).is_forgotten
    either.forget(app, ["phone"])  # the endpoint, so of everybody
    assert update(either, app, 4, {"User": {"UserId": "dave"}}).is_forgotten
    either.forget(app, ["phone"], "u")
    assert update(either, app, 4, {"User": {"UserId": "dave"}}).is_forgotten


def test_old_tombstones_forget_whomever_an_update_names(either: EndpointTable) -> None:
    app, stamp = next(fresh), moment_stamp(START + DELETED)
    either._store.bury(app, "phone", Item(latest=stamp, deleted=stamp, forgotten=stamp))
    assert update(either, app, 2, CAROLS).is_forgotten
    either.forget(app, ["phone"], "u")
    assert update(either, app, 2, CAROLS).is_forgotten
    assert not update(either, app, DELETED + 1, CAROLS).is_forgotten


def test_a_forgotten_user_is_so_on_an_endpoint_that_was_deleted_before(
    either: EndpointTable,
) -> None:
    app = next(fresh)
    update(either, app, 1, PERSON)
    either.delete(app, "phone", START + DELETED)
    either.forget(app, [], "u")
    assert update(either, app, 2, PERSON).is_forgotten
    assert not update(either, app, 2, CAROLS).is_forgotten


class Forgetting(MemoryTable):
    """A table that gives its items one by one, and something happens after the user's."""

    then: Callable[[], object] | None = None

    def batch_get_item(self, **call: Any) -> Any:
        """The user's item first."""
        [(table, asked)] = call["RequestItems"].items()
        keys = sorted(asked["Keys"], key=lambda key: key["endpoint_id"]["S"])
        found = []
        for key in keys:
            answer = super().batch_get_item(RequestItems={table: {"Keys": [key]}})
            found += answer["Responses"][table]
            then, self.then = self.then, None
            if then:
                then()
        return {"Responses": {table: found}}


@pytest.mark.parametrize("has_waited", [True, False])
def test_a_user_who_is_forgotten_between_two_reads_is_forgotten(
    has_waited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    memory = Forgetting()
    table = EndpointTable(items_of(memory))
    update(table, "app", 1, PERSON)
    memory.then = lambda: table.forget("app", ["phone"], "u")
    if has_waited:
        endpoint = cast("EndpointResponse", {"Id": "phone", **PERSON})
        arrivals = {"phone": Arrival("r", START)}
        assert table.forgotten("app", {"phone": endpoint}, arrivals, TimeLeft()) == {"phone"}
    else:
        assert update(table, "app", 2, PERSON).is_forgotten
    assert memory.then is None


def test_an_endpoint_that_is_deleted_while_it_is_updated_stays_deleted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its update has read it before."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    memory = CountedTable()
    table = EndpointTable(items_of(memory))
    update(table, "app", 1, PERSON)
    with patch.object(memory, "batch_get_item", lambda **_: {"Responses": {}}):
        table._store.bury("app", "phone", Item(latest="9", deleted="9", forgotten="9"))
        assert update(table, "app", 2, PERSON).is_forgotten
    assert table.get("app", ["phone"]) == []


def waiting(app: str) -> dict[str, ValidBatch]:
    """Events that waited, each with its endpoint as it was when they came."""
    user: dict[str, Any] = {"User": {"UserId": "u"}}
    carols: dict[str, Any] = {"User": {"UserId": "carol"}}
    endpoints: dict[str, Any] = {"phone": {}, "tablet": user, "other": {}, "PHONE": carols}
    return {
        id_: ValidBatch(
            None,
            some(id_),
            stored=cast("EndpointResponse", {"Id": id_, "ApplicationId": app, **members}),
        )
        for id_, members in endpoints.items()
    }


def test_the_lake_does_not_store_what_waited_while_its_person_was_forgotten(
    lake: LakeDestination, endpoints: EndpointTable, stream: MakeStream, app: str, aws: Emulator
) -> None:
    stored = stream(f"events-{app}")
    endpoints.forget(app, ["phone"], "u")
    batches = waiting(app)
    arrivals = dict.fromkeys(batches, Arrival("r", START))
    Faults(aws).set(dynamodb_down("BatchGetItem"))
    assert lake.deliver(app, batches, arrivals, TimeLeft()) == {}  # nobody knows: they wait on
    Faults(aws).set()
    answers = lake.deliver(app, batches, arrivals, TimeLeft())
    for id_ in batches:
        assert answers[id_]["EventsItemResponse"] == {id_: ACCEPTED}
    assert [record["event_id"] for record in stored()] == ["other", "PHONE"]


def test_the_laptop_does_not_store_it_either(local: LocalDestination, app: str) -> None:
    with local._database.transaction() as connection:
        EndpointTable(SqliteItems(connection)).forget(app, ["phone"], "u")
    batches = waiting(app)
    answers = local.deliver(app, batches, dict.fromkeys(batches, Arrival("r", START)), TimeLeft())
    for id_ in batches:
        assert answers[id_]["EventsItemResponse"] == {id_: ACCEPTED}
    with local._database.transaction() as connection:
        found = connection.execute("SELECT event_id FROM batch_events").fetchall()
    assert found == [("other",), ("PHONE",)]


def test_a_tombstone_outlasts_every_message_and_not_by_much(
    dynamodb: DynamoDBItems, aws: Emulator, table: str, app: str
) -> None:
    assert MAX_AGE_MS < TOMBSTONE_DAYS * 24 * 3600 * 1000
    stamp = moment_stamp(9)
    dynamodb.bury(app, "a", Item(latest=stamp, deleted=stamp))
    key = {"application_id": {"S": app}, "endpoint_id": {"S": "a"}}
    client = aws.client("dynamodb")
    expires = int(client.get_item(TableName=table, Key=key)["Item"]["expires"]["N"])
    assert 0 <= expires - time() - (TOMBSTONE_DAYS - 1) * 24 * 3600 <= 24 * 3600
    dynamodb.write(app, "a", members(moment_stamp(10), x="1"), 10)
    assert "expires" not in client.get_item(TableName=table, Key=key)["Item"]


def test_sqlite_drops_tombstones_that_nothing_can_meet_any_more(app: str) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        sqlite_items = SqliteItems(connection)
        stamp = moment_stamp(9)
        tombstone = Item(latest=stamp, deleted=stamp)
        with patch.object(endpoint_items, "time", lambda: 0.0):
            sqlite_items.bury(app, "a", tombstone)
        sqlite_items.bury(app, "b", tombstone)
        sqlite_items._known.clear()
        assert sqlite_items.read(app, ["a", "b"]).keys() == {"b"}


def _moment(step: tuple[int, Any]) -> int:
    return step[0]
