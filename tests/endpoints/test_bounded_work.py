"""One request makes a bounded number of calls to the store, and what is left is not settled."""

from typing import Any

import pytest

from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints.addresses import MAX_WRITES, TooManyOthersError
from putevents.endpoints.item import ADDRESS, STATUS, USER_ID, Member, Members
from putevents.endpoints.store import ContendedError, OutOfTimeError
from putevents.endpoints.table import MAX_UPDATES, EndpointTable, TooManyUpdatesError
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START
from tests.endpoints.counted_table import CountedTable, items_of
from tests.unit.doors import nearly_over

PLACEHOLDER = PublicEndpoint(ChannelType="GCM", Address="NO_TOKEN")


@pytest.fixture(name="counted")
def _counted(monkeypatch: pytest.MonkeyPatch) -> CountedTable:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return CountedTable()


@pytest.fixture(name="items")
def _items(counted: CountedTable) -> DynamoDBItems:
    return items_of(counted)


@pytest.fixture(name="rules")
def _table(items: DynamoDBItems) -> EndpointTable:
    return EndpointTable(items)


def update(table: EndpointTable, at: int, updates: dict[str, PublicEndpoint]) -> Any:
    arrivals = dict.fromkeys(updates, Arrival(f"request-{at}", START + at))
    return table.update("app", updates, arrivals, TimeLeft())


def active(table: EndpointTable, ids: list[str]) -> list[str]:
    return [e["Id"] for e in table.get("app", ids) if e["EndpointStatus"] == "ACTIVE"]


def test_endpoints_that_share_an_address_in_one_request_cost_two_writes_each(
    rules: EndpointTable, counted: CountedTable
) -> None:
    ids = [f"p{number:03}" for number in range(800)]
    for at in (1, 2):  # the second time each of them becomes ACTIVE again
        counted.calls.clear()
        stored, failures = update(rules, at, dict.fromkeys(ids, PLACEHOLDER))
        assert (len(stored), failures) == (800, [])
        assert counted.calls["update_item"] <= 2 * 800
        assert counted.calls["paginate"] == 1
        assert counted.calls["batch_get_item"] <= 10
        assert active(rules, ids) == ["p799"]
    counted.calls.clear()
    update(rules, 3, {"p000": PLACEHOLDER})
    assert (counted.calls["update_item"], counted.calls["batch_get_item"]) == (2, 1)
    assert active(rules, ids) == ["p000"]


def test_what_others_have_the_address_is_made_inactive_in_pieces_and_nothing_is_lost(
    rules: EndpointTable, items: DynamoDBItems, counted: CountedTable
) -> None:
    others = [f"o{number}" for number in range(5000)]
    stamp = f"{START:013d}-0"
    members = {ADDRESS: Member("NO_TOKEN", stamp), STATUS: Member("ACTIVE", stamp)}
    for id_ in others:
        items.write("app", id_, members, START)
    for left in range(4000, -1000, -1000):
        counted.calls.clear()
        stored, failures = update(rules, 1, {"new": PLACEHOLDER})
        assert counted.calls["update_item"] <= MAX_WRITES + 2
        assert counted.calls["batch_get_item"] <= 51
        assert [type(failure) for failure in failures] == ([TooManyOthersError] if left else [])
        assert ("new" in stored) == (left == 0)
        assert len(active(rules, others)) == left
    assert active(rules, ["new"]) == ["new"]


def test_no_call_is_begun_when_time_is_up(
    rules: EndpointTable, items: DynamoDBItems, counted: CountedTable
) -> None:
    update(rules, 1, {"old": PLACEHOLDER})
    counted.calls.clear()
    updates = dict.fromkeys(["a", "b"], PLACEHOLDER)
    arrivals = dict.fromkeys(updates, Arrival("r", START + 2))
    stored, failures = rules.update("app", updates, arrivals, nearly_over())
    assert (stored, {type(f) for f in failures}) == ({}, {OutOfTimeError})
    assert not counted.calls
    with pytest.raises(OutOfTimeError):
        items.read("app", map(str, range(101)), nearly_over())


def test_endpoints_are_read_a_hundred_at_a_time_and_a_thousand_at_most_are_updated(
    rules: EndpointTable, counted: CountedTable
) -> None:
    ids = [str(number) for number in range(MAX_UPDATES + 5)]
    quiet = dict.fromkeys(ids, PublicEndpoint())
    stored, failures = update(rules, 1, quiet)
    assert list(stored) == ids[:MAX_UPDATES]
    assert [type(failure) for failure in failures] == [TooManyUpdatesError]
    assert (counted.keys, counted.calls["batch_get_item"]) == (100, 10)


@pytest.mark.parametrize(("channel", "stored"), [("GCM", 20), ("EMAIL", 15)])
def test_a_user_has_fifteen_endpoints_after_one_request_with_twenty(
    either: EndpointTable, app: str, channel: str, stored: int
) -> None:
    endpoint = PublicEndpoint.model_validate({"ChannelType": channel, "User": {"UserId": "u"}})
    updates = {f"p{number:02}": endpoint for number in range(20)}
    found, failures = either.update(
        app, updates, dict.fromkeys(updates, Arrival("r", START)), TimeLeft()
    )
    assert failures == []
    assert sum(item.rejection is None for item in found.values()) == stored
    ids = [e["Id"] for e in either.of_user(app, "u")]
    assert ids == list(updates)[-15:] if channel == "GCM" else list(updates)[:15]


@pytest.mark.parametrize("letter", ["p", "P"])
@pytest.mark.parametrize(("channel", "accepted"), [("GCM", 500), (None, 15)])
def test_endpoints_that_share_a_user_in_one_request_are_read_once(
    rules: EndpointTable, counted: CountedTable, channel: str | None, accepted: int, letter: str
) -> None:
    guest = {"User": {"UserId": "guest"}}
    updates = {
        f"{letter}{number:03}": PublicEndpoint.model_validate(
            {**guest, "ChannelType": channel, "Address": f"token-{number}"} if channel else guest
        )
        for number in range(500)
    }
    for at in (1, 2):  # the second time some of them belong to the user already
        counted.calls.clear()
        stored, failures = update(rules, at, updates)
        assert (len(stored), failures) == (500, [])
        assert sum(item.rejection is None for item in stored.values()) == accepted
        assert counted.calls["batch_get_item"] <= 5 + 5 + 2  # before, by their letters, the users
        assert counted.calls["update_item"] <= 2 * 500 + 30
        assert counted.calls["paginate"] <= 1 + accepted
        assert len(rules.of_user("app", "guest")) == 15


def test_who_was_updated_last_is_not_the_first_to_leave_a_user(
    either: EndpointTable, app: str
) -> None:
    def join(id_: str, at: int, **members: str) -> None:
        endpoint = {"ChannelType": "GCM", "User": {"UserId": "u"}, **members}
        update = {id_: PublicEndpoint.model_validate(endpoint)}
        either.update(app, update, {id_: Arrival(id_, START + at)}, TimeLeft())

    # Read as text this date is the newest of all; as a moment it is the oldest.
    join("p0", 0, EffectiveDate="2025-11-25T06:30:00+14:00")
    for number in range(1, 14):
        join(f"p{number}", number, EffectiveDate=f"2025-11-25T06:00:{number:02}Z")
    join("undated", 14)
    join("new", 15)
    assert "p0" not in {e["Id"] for e in either.of_user(app, "u")}
    assert len(either.of_user(app, "u")) == 15


def test_a_slow_clock_does_not_make_the_device_that_was_updated_last_the_oldest(
    either: EndpointTable, app: str
) -> None:
    for number in range(16):
        date = "2020-01-01T00:00:00Z" if number == 14 else f"2025-11-25T06:00:{number:02}Z"
        endpoint = {"ChannelType": "GCM", "User": {"UserId": "u"}, "EffectiveDate": date}
        update = {f"p{number:02}": PublicEndpoint.model_validate(endpoint)}
        arrivals = dict.fromkeys(update, Arrival(str(number), START + number))
        either.update(app, update, arrivals, TimeLeft())
    left = [e["Id"] for e in either.of_user(app, "u")]
    assert left == [f"p{number:02}" for number in range(1, 16)]


def test_of_a_request_the_order_decides_whatever_is_tried_again_later(
    either: EndpointTable, app: str
) -> None:
    request = Arrival("r", START)
    for id_, order in (("second", 1), ("first", 0), ("third", 2), ("second", 1)):
        either.update(app, {id_: PLACEHOLDER}, {id_: request.at(order)}, TimeLeft())
    found = either.get(app, ["first", "second", "third"])
    assert [e["EndpointStatus"] for e in found] == ["INACTIVE", "INACTIVE", "ACTIVE"]


def test_what_is_inactive_already_is_not_written(
    rules: EndpointTable, counted: CountedTable
) -> None:
    asleep = PLACEHOLDER.model_copy(update={"endpoint_status": "INACTIVE"})
    ids = [str(number) for number in range(50)]
    update(rules, 1, dict.fromkeys(ids, asleep))
    counted.calls.clear()
    update(rules, 2, {"new": PLACEHOLDER})
    assert counted.calls["update_item"] == 1
    assert active(rules, ["new", *ids]) == ["new"]


def test_a_read_that_fails_leaves_the_claim_to_the_address_unsettled(
    rules: EndpointTable, items: DynamoDBItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(rules, 1, {"old": PLACEHOLDER, "quiet": PublicEndpoint()})

    def fail(*_: Any) -> Any:
        raise ContendedError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(items, "read", fail)
        stored, failures = update(rules, 2, {"new": PLACEHOLDER})
        assert (stored, [type(f) for f in failures]) == ({}, [ContendedError])
    with monkeypatch.context() as patch:
        patch.setattr(items, "find_by_address", fail)
        stored, failures = update(rules, 2, {"new": PLACEHOLDER, "quiet": PublicEndpoint()})
        assert (list(stored), len(failures)) == (["quiet"], 1)
    many = {str(number): PublicEndpoint() for number in range(201)}
    with monkeypatch.context() as patch:
        patch.setattr(items, "read", fail)
        assert update(rules, 3, many)[0] == {}
    assert update(rules, 2, {"new": PLACEHOLDER})[1] == []
    assert active(rules, ["new", "old"]) == ["new"]


def test_an_index_that_lags_behind_costs_nobody_an_address_or_a_place(
    rules: EndpointTable, items: DynamoDBItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    def join(at: int, *ids: str) -> Any:
        endpoint = {"ChannelType": "SMS", "User": {"UserId": "u"}}
        return update(rules, at, dict.fromkeys(ids, PublicEndpoint.model_validate(endpoint)))

    ids = [str(number) for number in range(15)]
    join(1, *ids)
    update(rules, 2, {"0": PublicEndpoint.model_validate({"User": {"UserId": ""}})})
    update(rules, 2, {"moved": PublicEndpoint(ChannelType="SMS", Address="other")})
    monkeypatch.setattr(items, "find_by_user", lambda *_: ids)
    monkeypatch.setattr(items, "find_by_address", lambda *_: ["moved", "gone"])
    assert join(3, "new")[0]["new"].rejection is None
    update(rules, 4, {"late": PLACEHOLDER})
    assert active(rules, ["moved", "late"]) == ["late", "moved"]


def test_an_endpoint_of_an_earlier_version_without_a_date_leaves_by_its_last_update(
    rules: EndpointTable, items: DynamoDBItems
) -> None:
    for number in range(15):
        stamp = f"{START + number:013d}-0"
        values = {"ChannelType": "GCM", USER_ID: "u", STATUS: "ACTIVE"}
        if number == 3:
            values["EffectiveDate"] = "long ago"
        members: Members = {name: Member(value, stamp) for name, value in values.items()}
        items.write("app", f"p{number:02}", members, START)
    endpoint = {"ChannelType": "GCM", "User": {"UserId": "u"}}
    update(rules, 50, {"new": PublicEndpoint.model_validate(endpoint)})
    assert [e["Id"] for e in rules.of_user("app", "u")][1:] == [f"p{n:02}" for n in range(1, 15)]


def test_updates_that_are_linked_by_users_are_applied_in_order(rules: EndpointTable) -> None:
    def by(user_id: str, **members: str) -> PublicEndpoint:
        return PublicEndpoint.model_validate({"User": {"UserId": user_id}, **members})

    said = {"a": by("u"), "b": by("v"), "A": by("v"), "c": by("w"), "B": by("w"), "C": by("u")}
    stored, failures = update(rules, 1, said)
    assert (list(stored), failures) == (list(said), [])
    users = {e["Id"]: e["User"]["UserId"] for e in rules.get("app", "abc")}
    assert users == {"a": "v", "b": "w", "c": "u"}
