"""Updates that come late, and what no store can hold."""

from typing import Any

import pytest

from putevents.endpoints.table import EndpointTable
from putevents.endpoints.update import Change
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint

START = 1_764_054_000_000


class Endpoints:
    """The endpoints of one application; each update arrives a millisecond after the last."""

    def __init__(self, table: EndpointTable, application_id: str) -> None:
        self.table, self.application_id, self.now = table, application_id, START

    def update(self, id_: str, at: int | None = None, **members: Any) -> str | None:
        """Apply one update; the rule for which it was rejected, if it was."""
        self.now += 1
        arrival = Arrival("request", self.now if at is None else START + at)
        endpoint = PublicEndpoint.model_validate(members)
        update = self.table.update
        stored, failures = update(self.application_id, {id_: endpoint}, {id_: arrival}, TimeLeft())
        assert failures == []
        rejection = stored[id_].rejection
        found = self.table.get(self.application_id, [id_])
        if at is None:  # a late one tells the endpoint as it was then
            assert found == [stored[id_].endpoint] or (rejection and not found)
        return rejection

    def bring(self, id_: str, updated: int, created: int, **members: Any) -> None:
        """Apply an update of long ago, to an endpoint that is known for longer still."""
        endpoint = PublicEndpoint.model_validate(members)
        change = Change(endpoint, Arrival(id_, START + updated), START + created)
        stored, failures = self.table.update_each(self.application_id, {id_: change}, TimeLeft())
        assert (failures, stored[id_].rejection) == ([], None)

    def get(self, id_: str) -> EndpointResponse:
        [found] = self.table.get(self.application_id, [id_])
        return found

    def of_user(self, user_id: str) -> set[str]:
        return {e["Id"] for e in self.table.of_user(self.application_id, user_id)}


@pytest.fixture(name="phones")
def _phones(either: EndpointTable, app: str) -> Endpoints:
    return Endpoints(either, app)


def test_an_update_that_comes_late_changes_only_what_nothing_newer_has_set(
    phones: Endpoints,
) -> None:
    phones.update("a", at=30, OptOut="NONE", Demographic={"Make": "new"})
    phones.update("a", at=10, OptOut="ALL", Demographic={"Make": "old", "Model": "old"})
    found = phones.get("a")
    assert (found["OptOut"], found["Demographic"]) == ("NONE", {"Make": "new", "Model": "old"})
    assert found["CreationDate"].endswith(".010Z")
    phones.update("a", at=20, OptOut="ALL", Demographic={"Model": "newer"})
    assert phones.get("a")["Demographic"] == {"Make": "new", "Model": "newer"}


def test_what_was_said_again_outlives_an_older_update_that_waited(phones: Endpoints) -> None:
    """So an update that changes no value is written for its stamps."""
    said = {
        "OptOut": "NONE",
        "Attributes": {"plan": ["pro"]},
        "Metrics": {"logins": 1.0},
        "Demographic": {"Make": "google"},
        "Location": {"City": "Oslo"},
        "User": {"UserId": "u", "UserAttributes": {"tier": ["gold"]}},
    }
    waited = {
        "OptOut": "ALL",
        "Attributes": {"plan": ["free"]},
        "Metrics": {"logins": 2.0},
        "Demographic": {"Make": "apple"},
        "Location": {"City": "Rome"},
        "User": {"UserId": "u", "UserAttributes": {"tier": ["none"]}},
    }
    phones.update("a", at=10, **said)
    phones.update("a", at=30, **said)
    phones.update("a", at=20, **waited)

    found = phones.get("a")
    assert {name: found[name] for name in said} == said  # type: ignore[literal-required]


def test_the_same_update_twice_is_the_same_as_once(phones: Endpoints) -> None:
    for _ in range(2):
        phones.update("a", at=10, Attributes={"k": ["v"]}, User={"UserId": "u"})
    assert phones.of_user("u") == {"a"}


def test_an_endpoint_exists_since_it_was_created_wherever_it_was(phones: Endpoints) -> None:
    phones.update("here", at=500, OptOut="NONE")
    phones.bring("here", 400, 100, OptOut="ALL", Demographic={"Make": "apple"})
    phones.bring("there", 400, 200, OptOut="NONE")
    phones.bring("said nothing", 300, 300)
    phones.update("there", at=500)

    here = phones.get("here")
    assert (here["CreationDate"][-5:], here["OptOut"]) == (".100Z", "NONE")
    assert here["Demographic"] == {"Make": "apple"}
    assert phones.get("there")["CreationDate"].endswith(".200Z")
    assert phones.get("said nothing")["CreationDate"].endswith(".300Z")


def test_how_long_an_endpoint_exists_says_nothing_about_others(phones: Endpoints) -> None:
    address = {"Address": "x", "ChannelType": "EMAIL"}
    phones.update("new", at=500, **address)
    phones.bring("old", 600, 100, **address)

    new = phones.get("new")
    assert (new["CreationDate"][-5:], new["EndpointStatus"]) == (".500Z", "INACTIVE")


def test_an_endpoint_that_left_a_user_since_takes_nobodys_place(phones: Endpoints) -> None:
    user, date = {"UserId": "u"}, "2026-01-02T00:00:00Z"
    phones.update("gone", at=500, ChannelType="APNS", User={"UserId": "v"})
    for number in range(15):
        phones.bring(f"p{number}", 100, 100, ChannelType="APNS", EffectiveDate=date, User=user)
    phones.bring("gone", 200, 200, ChannelType="APNS", EffectiveDate=date, User=user)

    assert phones.of_user("u") == {f"p{number}" for number in range(15)}
    assert phones.of_user("v") == {"gone"}


def test_an_address_that_another_endpoint_was_updated_with_since_is_its_own(
    phones: Endpoints,
) -> None:
    address = {"ChannelType": "GCM", "Address": "token"}
    phones.update("new", at=300, **address)
    phones.update("old", at=100, **address)
    assert [phones.get(id_)["EndpointStatus"] for id_ in ("old", "new")] == ["INACTIVE", "ACTIVE"]

    phones.update("new", at=500, OptOut="NONE")
    phones.update("old", at=400, OptOut="NONE")
    assert [phones.get(id_)["EndpointStatus"] for id_ in ("old", "new")] == ["INACTIVE", "ACTIVE"]

    phones.update("new", at=600, EndpointStatus="INACTIVE")
    phones.update("older", at=200, **address)
    assert phones.get("older")["EndpointStatus"] == "INACTIVE"

    phones.update("left", at=200, ChannelType="GCM", Address="other")
    phones.update("left", at=100, **address)
    assert phones.get("left")["EndpointStatus"] == "ACTIVE"


@pytest.mark.parametrize("members", [{"Metrics": {"m": 1e300}}, {"User": {"UserId": "u" * 3000}}])
def test_what_the_table_cannot_hold_is_refused(phones: Endpoints, members: Any) -> None:
    phones.update("a")
    for id_ in ("a", "new"):
        rejection = phones.update(id_, OptOut="NONE", **members)
        assert rejection == "Endpoint is too large to be stored, or a number in it is."
    assert phones.get("a")["OptOut"] == "ALL"
    assert phones.table.get(phones.application_id, ["new"]) == []


def test_an_id_that_no_key_can_hold_is_refused_alone(either: EndpointTable, app: str) -> None:
    long = "x" * 1025
    updates = {id_: PublicEndpoint(OptOut="NONE") for id_ in (long, "a")}
    arrivals = dict.fromkeys(updates, Arrival("r", START))
    stored, failures = either.update(app, updates, arrivals, TimeLeft())
    assert failures == []
    assert stored[long].rejection
    assert stored[long].endpoint["Id"] == long
    assert stored["a"].endpoint["OptOut"] == "NONE"
    assert either.get(app, [long]) == either.of_user(app, long) == []


def test_hundreds_of_endpoints_are_updated_and_read_at_once(
    either: EndpointTable, app: str
) -> None:
    ids = [f"p{number}" for number in range(250)]
    updates = {id_: PublicEndpoint(OptOut="NONE") for id_ in ids}
    arrivals = dict.fromkeys(ids, Arrival("r", START))
    stored, failures = either.update(app, updates, arrivals, TimeLeft())
    assert failures == []
    assert {stored[id_].endpoint["OptOut"] for id_ in ids} == {"NONE"}
    quiet = {id_: PublicEndpoint() for id_ in ids}
    again, failures = either.update(app, quiet, arrivals, TimeLeft())
    assert failures == []
    assert again == stored
