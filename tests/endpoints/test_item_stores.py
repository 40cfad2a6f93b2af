"""What the rules rely on in a store of items, asked of DynamoDB and of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from local.database import SCHEMA
from local.endpoint_items import SqliteItems
from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints.item import ADDRESS, USER_ID, Item, Member, Members
from putevents.endpoints.stamps import moment_stamp
from putevents.endpoints.store import ItemStore, StoreError, TooLargeError
from putevents.endpoints.table import EndpointTable
from putevents.endpoints.update import TOO_LARGE, Change
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.deployed.emulator import Emulator, free_port
from tests.lake.conftest import clients_of


@pytest.fixture(name="dynamodb", scope="module")
def _dynamodb(aws: Emulator, table: str) -> DynamoDBItems:
    with clients_of(aws):
        return DynamoDBItems(table)


@pytest.fixture(name="sqlite")
def _sqlite() -> Iterator[SqliteItems]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        yield SqliteItems(connection)


@pytest.fixture(name="store", params=["dynamodb", "sqlite"])
def _store(request: pytest.FixtureRequest) -> ItemStore:
    store: ItemStore = request.getfixturevalue(request.param)
    return store


def members(stamp: str, **values: str) -> Members:
    return {name: Member(value, stamp) for name, value in values.items()}


def test_a_member_is_set_unless_the_stored_one_is_newer(store: ItemStore, app: str) -> None:
    before, first = store.write(app, "a", members("2", x="old", y="old"), 7)
    assert (before, first) == (Item(), Item(members("2", x="old", y="old"), 7, "2", 1))
    mixed = members("3", y="new") | members("1", x="late", z="late")
    before, after = store.write(app, "a", mixed, 9)
    assert before == first
    expected = members("2", x="old") | members("3", y="new") | members("1", z="late")
    assert (after.members, after.created, after.latest) == (expected, 7, "3")
    assert store.read(app, ["a", "none", "a"]) == {"a": after}


def test_an_item_exists_since_the_earliest_moment_that_is_told(store: ItemStore, app: str) -> None:
    for created in (7, 9, 5):
        store.write(app, "a", {}, created)
    assert store.read(app, ["a"])["a"].created == 5


def test_an_item_that_does_not_exist_is_not_created_if_it_must_not_be(
    store: ItemStore, app: str
) -> None:
    assert store.write(app, "a", members("1", x="1"), 7, create=False) == (Item(), Item())
    assert store.read(app, ["a"]) == {}


def test_a_deleted_item_is_told_once(store: ItemStore, app: str) -> None:
    _, item = store.write(app, "a", members("1", x="1"), 7)
    assert store.delete(app, "a") == item
    assert store.delete(app, "a") is None
    assert store.read(app, ["a"]) == {}


def test_a_store_keeps_a_tombstone_in_an_items_place(store: ItemStore, app: str) -> None:
    _, item = store.write(app, "a", members("1", x="1", **{"User.UserId": "u"}), 7)
    stamp = moment_stamp(9)
    tombstone = Item(latest=stamp, deleted=stamp, forgotten=stamp, spares=moment_stamp(3))
    assert store.bury(app, "a", tombstone) == item
    assert store.bury(app, "b", tombstone) == Item()
    assert store.read(app, ["a", "b"]) == {"a": tombstone, "b": tombstone}
    assert store.find_by_user(app, "u") == []

    late = members(moment_stamp(8), x="late")
    for update_ in (late, {}):
        assert store.write(app, "a", update_, 8) == (tombstone, tombstone)
    new = members(moment_stamp(10), x="new")
    assert store.write(app, "a", new, 10, create=False) == (tombstone, tombstone)
    before, after = store.write(app, "a", new, 10)
    assert (before, after.members, after.created) == (tombstone, new, 10)
    assert store.write(app, "a", late, 8) == (after, after)
    assert store.read(app, ["a"]) == {"a": after}
    [empty] = {store.write(app, "b", {}, 10)[1].revision}
    assert empty == 1
    assert store.read(app, ["b"])["b"].latest == stamp


def test_items_are_found_by_user_and_address_as_long_as_these_are_theirs(
    store: ItemStore, app: str
) -> None:
    for id_ in ("a", "b"):
        store.write(app, id_, members("1", **{USER_ID: "u", ADDRESS: "x"}), 7)
    store.write(f"{app}-other", "c", members("1", **{USER_ID: "u", ADDRESS: "x"}), 7)
    assert sorted(store.find_by_user(app, "u")) == ["a", "b"]
    assert sorted(store.find_by_address(app, "x")) == ["a", "b"]
    store.write(app, "a", members("2", **{USER_ID: "", ADDRESS: ""}), 7)
    store.write(app, "b", members("2", **{USER_ID: "v", ADDRESS: "y"}), 7)
    assert store.find_by_user(app, "u") == store.find_by_address(app, "x") == []
    assert store.find_by_user(app, "v") == store.find_by_address(app, "y") == ["b"]


def test_what_fails_in_sqlite_undoes_its_writes_and_no_others(
    sqlite: SqliteItems, app: str
) -> None:
    def write(*ids: str) -> None:
        with sqlite.together():
            for id_ in ids:
                sqlite.write(app, id_, {}, 7)

    write("before")
    with pytest.raises(StoreError, match="surrogate"):
        write("a", "\ud800")
    assert set(sqlite.read(app, ["before", "a"])) == {"before"}


def test_an_item_over_400_kb_is_too_large_for_dynamodb(dynamodb: DynamoDBItems, app: str) -> None:
    with pytest.raises(TooLargeError):
        dynamodb.write(app, "a", members("1", x="x" * 410_000), 7)
    assert dynamodb.read(app, ["a"]) == {}
    change = Change(PublicEndpoint(OptOut="x" * 410_000), Arrival("r", 1), 1)
    stored, failures = EndpointTable(dynamodb).update_each(app, {"a": change}, TimeLeft())
    assert (stored["a"].rejection, failures) == (TOO_LARGE, [])


def test_a_table_that_cannot_be_reached_is_a_failure_of_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreError) as raised:
        DynamoDBItems("endpoints").read("app", ["a"])
    assert raised.value.kind == "EndpointConnectionError"


def test_what_is_taken_back_is_found_where_it_was(store: ItemStore, app: str) -> None:
    store.write(app, "a", members("1", **{USER_ID: "u", ADDRESS: "x"}), 7)
    update = members("2", **{USER_ID: "v", ADDRESS: ""})
    before, _ = store.write(app, "a", update, 7)
    store.take_back(app, "a", update, before)
    assert store.find_by_user(app, "u") == store.find_by_address(app, "x") == ["a"]
    assert store.find_by_user(app, "v") == []
    _, new = store.write(app, "b", update, 7)
    store.take_back(app, "b", update, Item())
    assert store.find_by_user(app, "v") == []
    assert store.read(app, ["b"])["b"].members == {}
    assert new.members == update
