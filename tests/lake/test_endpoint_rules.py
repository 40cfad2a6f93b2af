"""Pinpoint's rules of a partial update, of users and of addresses, on the real expressions."""

from typing import Any

import pytest

from putevents.arrival import Arrival
from putevents.destinations.endpoint_table import EndpointTable
from putevents.destinations.endpoint_update import Change
from putevents.schemas import EndpointResponse, PublicEndpoint

START = 1_764_054_000_000


class Endpoints:
    """The endpoints of one application; each update arrives a millisecond after the last."""

    def __init__(self, table: EndpointTable, application_id: str) -> None:
        self.table, self.application_id, self.now = table, application_id, START

    def update(self, id_: str, at: int | None = None, **members: Any) -> str | None:
        """Apply one update; the refusal, if there was one."""
        self.now += 1
        arrival = Arrival("request", self.now if at is None else START + at)
        endpoint = PublicEndpoint.model_validate(members)
        update = self.table.update
        stored, failures = update(self.application_id, {id_: endpoint}, {id_: arrival})
        assert failures == []
        assert stored[id_].endpoint == self.get(id_)
        return stored[id_].refusal

    def bring(self, id_: str, updated: int, created: int, **members: Any) -> None:
        """Apply an update of long ago, to an endpoint that is known for longer still."""
        endpoint = PublicEndpoint.model_validate(members)
        change = Change(endpoint, Arrival(id_, START + updated), START + created)
        stored, failures = self.table.update_each(self.application_id, {id_: change})
        assert (failures, stored[id_].refusal) == ([], None)

    def get(self, id_: str) -> EndpointResponse:
        [found] = self.table.get(self.application_id, [id_])
        return found

    def of_user(self, user_id: str) -> set[str]:
        return {e["Id"] for e in self.table.of_user(self.application_id, user_id)}


@pytest.fixture(name="phones")
def _phones(endpoints: EndpointTable, app: str) -> Endpoints:
    return Endpoints(endpoints, app)


def test_an_empty_update_makes_an_endpoint_exist_and_changes_nothing_after(
    phones: Endpoints,
) -> None:
    phones.update("a")
    created = phones.get("a")
    assert created == {
        "ApplicationId": phones.application_id,
        "Id": "a",
        "CohortId": created["CohortId"],
        "CreationDate": "2025-11-25T07:00:00.001Z",
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
    }
    phones.update("a", OptOut="NONE", Attributes={"k": ["v"]})
    before = phones.get("a")
    phones.update("a")
    phones.update("a", Attributes={}, Metrics={}, Demographic={}, Location={}, User={})
    assert phones.get("a") == before


def test_an_update_changes_what_it_names_and_keeps_the_rest(phones: Endpoints) -> None:
    phones.update(
        "a",
        ChannelType="GCM",
        Demographic={"Make": "Google", "Model": "Pixel"},
        Attributes={"likes": ["tea", "milk"], "a.b": ["dots"], "": ["nameless"]},
        Metrics={"level": 7.25, "tiny": 1e-7},
        Location={"Latitude": 47.6062, "City": ""},
    )
    phones.update(
        "a",
        Demographic={"Model": "Pixel 7"},
        Attributes={"likes": ["coffee"], "new": []},
        Metrics={"level": 8.0},
        EffectiveDate="2026-01-02T03:04:05Z",
        RequestId="r",
    )
    assert {n: v for n, v in phones.get("a").items() if n not in ("CohortId", "ApplicationId")} == {
        "Id": "a",
        "CreationDate": "2025-11-25T07:00:00.001Z",
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
        "ChannelType": "GCM",
        "Demographic": {"Make": "Google", "Model": "Pixel 7"},
        "Attributes": {"likes": ["coffee"], "a.b": ["dots"], "": ["nameless"], "new": []},
        "Metrics": {"level": 8.0, "tiny": 1e-7},
        "Location": {"Latitude": 47.6, "City": ""},
        "EffectiveDate": "2026-01-02T03:04:05Z",
        "RequestId": "r",
    }


def test_an_update_wakes_an_endpoint_unless_it_says_otherwise(phones: Endpoints) -> None:
    phones.update("a", EndpointStatus="INACTIVE")
    assert phones.get("a")["EndpointStatus"] == "INACTIVE"
    phones.update("a", OptOut="NONE")
    assert phones.get("a")["EndpointStatus"] == "ACTIVE"


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


def test_the_same_update_twice_is_the_same_as_once(phones: Endpoints) -> None:
    for _ in range(2):
        phones.update("a", at=10, Attributes={"k": ["v"]}, User={"UserId": "u"})
    assert phones.of_user("u") == {"a"}


def test_the_endpoints_of_a_user_share_their_attributes(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "u", "UserAttributes": {"plan": ["free"], "age": ["7"]}})
    phones.update("b", User={"UserId": "u"})
    phones.update("b", User={"UserAttributes": {"plan": ["pro"]}})
    for id_ in ("a", "b"):
        user = phones.get(id_)["User"]
        assert user == {"UserId": "u", "UserAttributes": {"plan": ["pro"], "age": ["7"]}}
    assert phones.of_user("u") == {"a", "b"}


def test_what_was_known_of_nobody_comes_along_and_what_was_of_another_user_stays(
    phones: Endpoints,
) -> None:
    phones.update("a", User={"UserAttributes": {"theme": ["dark"]}})
    phones.update("b", User={"UserId": "u"})
    phones.update("a", User={"UserId": "u", "UserAttributes": {"plan": ["pro"]}})
    assert phones.get("b")["User"]["UserAttributes"] == {"theme": ["dark"], "plan": ["pro"]}
    phones.update("b", User={"UserId": "other"})
    assert phones.get("b")["User"] == {"UserId": "other"}
    assert phones.of_user("u") == {"a"}


def test_a_users_sixteenth_device_lets_the_oldest_go(phones: Endpoints) -> None:
    for day in range(1, 16):
        user = {"UserId": "u"}
        date = f"2026-01-{day:02}T00:00:00Z"
        assert not phones.update(f"p{day}", ChannelType="APNS", EffectiveDate=date, User=user)
    assert not phones.update("p16", ChannelType="GCM", User={"UserId": "u"})
    gone = phones.get("p1")
    assert gone["EndpointStatus"] == "INACTIVE"
    assert not gone.get("User")
    assert phones.of_user("u") == {f"p{day}" for day in range(2, 17)}
    date = "2027-01-01T00:00:00Z"
    assert not phones.update("p17", ChannelType="GCM", EffectiveDate=date, User={"UserId": "u"})
    left = phones.of_user("u")
    assert len(left) == 15
    assert "p17" in left


def test_a_users_sixteenth_address_is_refused_and_nothing_of_it_kept(phones: Endpoints) -> None:
    for number in range(15):
        phones.update(f"p{number}", ChannelType="EMAIL", User={"UserId": "u"})
    phones.update("p15", OptOut="NONE")
    refusal = phones.update("p15", ChannelType="EMAIL", OptOut="ALL", User={"UserId": "u"})
    assert refusal == "Exceeded maximum endpoint per user count: 15"
    assert phones.get("p15")["OptOut"] == "NONE"
    assert phones.update("unknown", ChannelType="SMS", User={"UserId": "u"}) == refusal
    assert "User" not in phones.get("unknown")


def test_an_address_belongs_to_the_endpoint_that_was_updated_last(phones: Endpoints) -> None:
    phones.update("a", ChannelType="GCM", Address="token")
    phones.update("b", ChannelType="GCM", Address="token")
    assert [phones.get(id_)["EndpointStatus"] for id_ in "ab"] == ["INACTIVE", "ACTIVE"]
    phones.update("b", ChannelType="GCM", Address="")
    phones.update("a", ChannelType="GCM", Address="token")
    assert [phones.get(id_)["EndpointStatus"] for id_ in "ab"] == ["ACTIVE", "ACTIVE"]


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


def test_an_address_that_another_endpoint_took_since_is_its_own(phones: Endpoints) -> None:
    address = {"ChannelType": "GCM", "Address": "token"}
    phones.update("new", at=300, **address)
    phones.update("old", at=100, **address)
    assert [phones.get(id_)["EndpointStatus"] for id_ in ("old", "new")] == ["INACTIVE", "ACTIVE"]

    phones.update("left", at=200, ChannelType="GCM", Address="other")
    phones.update("left", at=100, **address)
    assert phones.get("left")["EndpointStatus"] == "ACTIVE"


def test_deleting_a_users_last_endpoint_deletes_what_is_known_of_the_user(
    phones: Endpoints,
) -> None:
    for id_ in "ab":
        phones.update(id_, User={"UserId": "u", "UserAttributes": {"age": ["7"]}})
    phones.table.delete(phones.application_id, phones.get("a"))
    assert phones.get("b")["User"]["UserAttributes"] == {"age": ["7"]}
    phones.table.delete(phones.application_id, phones.get("b"))
    phones.update("c", User={"UserId": "u"})
    assert phones.get("c")["User"] == {"UserId": "u"}


def test_applications_know_nothing_of_each_other(endpoints: EndpointTable, app: str) -> None:
    one, other = Endpoints(endpoints, app), Endpoints(endpoints, f"{app}-other")
    for which in (one, other):
        which.update("a", ChannelType="GCM", Address="token", User={"UserId": "u"})
    assert one.of_user("u") == other.of_user("u") == {"a"}
    assert one.get("a")["EndpointStatus"] == other.get("a")["EndpointStatus"] == "ACTIVE"


def test_an_endpoint_of_250_attributes_is_stored_whole(phones: Endpoints) -> None:
    attributes = {f"key-{number}": [str(number)] for number in range(250)}
    phones.update("a", Attributes=attributes, Demographic={"Make": "x"})
    assert phones.get("a")["Attributes"] == attributes


@pytest.mark.parametrize("members", [{"Metrics": {"m": 1e300}}, {"User": {"UserId": "u" * 3000}}])
def test_what_the_table_cannot_hold_is_refused(phones: Endpoints, members: Any) -> None:
    refusal = phones.update("a", OptOut="NONE", **members)
    assert refusal == "Endpoint is too large to be stored, or a number in it is."
    assert phones.get("a")["OptOut"] == "ALL"


def test_an_id_that_no_key_can_hold_is_refused_alone(endpoints: EndpointTable, app: str) -> None:
    long = "x" * 1025
    updates = {id_: PublicEndpoint(OptOut="NONE") for id_ in (long, "a")}
    arrivals = dict.fromkeys(updates, Arrival("r", START))
    stored, failures = endpoints.update(app, updates, arrivals)
    assert failures == []
    assert stored[long].refusal
    assert stored[long].endpoint["Id"] == long
    assert stored["a"].endpoint["OptOut"] == "NONE"
    assert endpoints.get(app, [long]) == endpoints.of_user(app, long) == []


def test_hundreds_of_endpoints_are_updated_and_read_at_once(
    endpoints: EndpointTable, app: str
) -> None:
    ids = [f"p{number}" for number in range(250)]
    updates = {id_: PublicEndpoint(OptOut="NONE") for id_ in ids}
    arrivals = dict.fromkeys(ids, Arrival("r", START))
    stored, failures = endpoints.update(app, updates, arrivals)
    assert failures == []
    assert {stored[id_].endpoint["OptOut"] for id_ in ids} == {"NONE"}
    quiet = {id_: PublicEndpoint() for id_ in ids}
    again, failures = endpoints.update(app, quiet, arrivals)
    assert failures == []
    assert again == stored
