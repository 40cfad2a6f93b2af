"""Ids that differ in case only are one endpoint's, shown in the letters that came first."""

from typing import Any

from putevents.endpoints.item import Member, members_of
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START, Endpoints, user


def update(table: EndpointTable, app: str, at: int, **said: Any) -> Any:
    updates = {id_: PublicEndpoint.model_validate(members) for id_, members in said.items()}
    arrivals = dict.fromkeys(updates, Arrival(f"r{at}", START + at))
    stored, failures = table.update(app, updates, arrivals, TimeLeft())
    assert failures == []
    return stored


def test_two_spellings_are_one_endpoint(phones: Endpoints) -> None:
    phones.update("ABC-1", OptOut="NONE")
    phones.update("abc-1", Demographic={"Make": "x"}, User={"UserId": "u"})
    for spelled in ("ABC-1", "abc-1", "Abc-1"):
        found = phones.get(spelled)
        assert (found["Id"], found["OptOut"], found["Demographic"]) == (
            "ABC-1",
            "NONE",
            {"Make": "x"},
        )
    assert phones.of_user("u") == {"ABC-1"}
    assert phones.destination.delete_endpoint(phones.application_id, "aBC-1")
    assert phones.find("ABC-1") is None


def test_both_spellings_of_one_request_are_applied_in_order(
    either: EndpointTable, app: str
) -> None:
    stored = update(either, app, 1, Ab={"OptOut": "NONE"}, aB={"OptOut": "ALL", "User": user("u")})
    assert {id_: item.endpoint["Id"] for id_, item in stored.items()} == {"Ab": "Ab", "aB": "Ab"}
    assert [e["OptOut"] for e in either.get(app, ["ab", "AB"])] == ["ALL"]
    assert len(either.of_user(app, "u")) == 1


def old(table: EndpointTable, app: str, id_: str, **members: Any) -> None:
    """Store an endpoint as an earlier version did: under the letters of its id."""
    endpoint = PublicEndpoint.model_validate(members)
    table._store.write(app, id_, members_of(endpoint, f"{START:013d}-00000000"), START)


def test_what_an_earlier_version_stored_is_found_and_moved_by_its_next_update(
    either: EndpointTable, app: str
) -> None:
    for id_ in ("OLD", "OLD-2", "OLD-3"):
        old(either, app, id_, OptOut="NONE", User={"UserId": "u"})
    assert [e["Id"] for e in either.get(app, ["OLD"])] == ["OLD"]
    assert [e["Id"] for e in either.of_user(app, "u")] == ["OLD", "OLD-2", "OLD-3"]
    said = {"OLD": {"Demographic": {"Make": "x"}}, "OLD-2": {}, "OLD-3": {"User": user("u")}}
    update(either, app, 5, **said)
    for id_ in said:
        assert id_ not in either._store.read(app, [id_])
        [found] = either.get(app, [id_.lower()])
        assert (found["Id"], found["OptOut"], found["User"]["UserId"]) == (id_, "NONE", "u")
        assert found["CreationDate"] == "2025-11-25T07:00:00.000Z"
    assert len(either.of_user(app, "u")) == 3
    old(either, app, "OLD-4")
    assert either.delete(app, "OLD-4")
    assert either.get(app, ["OLD-4"]) == []


def test_a_member_can_be_taken_back_unless_it_was_set_again(
    either: EndpointTable, app: str
) -> None:
    store = either._store
    first, update = {"x": Member("old", "1")}, {"x": Member("new", "2"), "y": Member("new", "2")}
    store.write(app, "a", first, 7)
    before, _ = store.write(app, "a", update, 7)
    store.write(app, "a", {"z": Member("other", "3")}, 7)
    store.take_back(app, "a", update, before)
    assert store.read(app, ["a"])["a"].members == first | {"z": Member("other", "3")}
    store.take_back(app, "a", update, before)
    assert store.read(app, ["a"])["a"].members == first | {"z": Member("other", "3")}
