"""Pinpoint's rules of a partial update, of users and of addresses, in both stores of endpoints."""

from collections.abc import Callable

import pytest

from tests.endpoints.application import Endpoints, user

TOO_MANY = (400, "Exceeded maximum endpoint per user count: 15")


def test_an_empty_update_makes_an_endpoint_exist_and_changes_nothing_after(
    phones: Endpoints,
) -> None:
    assert phones.update("a") == (202, "Accepted")
    created = phones.get("a")
    assert created == {
        "ApplicationId": phones.application_id,
        "Id": "a",
        "CohortId": created["CohortId"],
        "CreationDate": created["CreationDate"],
        "EndpointStatus": "ACTIVE",
        "OptOut": "ALL",
    }
    assert created["CohortId"] in {str(cohort) for cohort in range(100)}
    assert created["CreationDate"][-5:-4] == "."
    assert created["CreationDate"].endswith("Z")
    phones.update("a", OptOut="NONE", EndpointStatus="INACTIVE", Attributes={"k": ["v"]})
    before = phones.get("a")
    phones.update("a")
    phones.update("a", Attributes={}, Metrics={}, Demographic={}, Location={}, User={})
    assert phones.get("a") == before


def test_an_update_changes_what_it_names_and_keeps_the_rest(phones: Endpoints) -> None:
    phones.update("a")
    first = phones.get("a")
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
    assert phones.get("a") == {
        **first,
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


def test_an_endpoint_of_250_attributes_is_stored_whole(phones: Endpoints) -> None:
    attributes = {f"key-{number}": [str(number)] for number in range(250)}
    phones.update("a", Attributes=attributes, Demographic={"Make": "x"})
    assert phones.get("a")["Attributes"] == attributes


def test_an_update_wakes_an_endpoint_unless_it_says_otherwise(phones: Endpoints) -> None:
    phones.update("a", EndpointStatus="INACTIVE")
    assert phones.statuses("a") == ["INACTIVE"]
    phones.update("a", OptOut="NONE")
    assert phones.statuses("a") == ["ACTIVE"]


def test_applications_know_nothing_of_each_other(
    application: Callable[[str], Endpoints], app: str
) -> None:
    one, other = application(app), application(f"{app}-other")
    for which in (one, other):
        which.update("a", ChannelType="GCM", Address="token", User={"UserId": "u"})
    assert one.of_user("u") == other.of_user("u") == {"a"}
    assert one.statuses("a") == other.statuses("a") == ["ACTIVE"]


def test_a_deleted_endpoint_is_told_once_and_gone(phones: Endpoints) -> None:
    phones.update("a", Address="x", ChannelType="SMS")
    before = phones.get("a")
    delete = phones.destination.delete_endpoint
    assert delete(phones.application_id, "a") == before
    assert delete(phones.application_id, "a") is None
    assert phones.find("a") is None


def test_the_endpoints_of_a_user_are_deleted_together(phones: Endpoints) -> None:
    for id_, user_id in (("1", "u"), ("2", "other"), ("3", "u")):
        phones.update(id_, User=user(user_id))
    assert phones.of_user("u") == {"1", "3"}
    deleted = phones.destination.delete_user_endpoints(phones.application_id, "u")
    assert {endpoint["Id"] for endpoint in deleted} == {"1", "3"}
    assert phones.of_user("u") == set()
    assert phones.of_user("other") == {"2"}


def test_deleting_a_users_last_endpoint_deletes_what_is_known_of_the_user(
    phones: Endpoints,
) -> None:
    for id_ in "ab":
        phones.update(id_, User=user("u", age=["7"]))
    phones.destination.delete_endpoint(phones.application_id, "a")
    assert phones.user("b") == user("u", age=["7"])
    phones.destination.delete_endpoint(phones.application_id, "b")
    phones.update("c", User={"UserId": "u"})
    assert not phones.user("c").get("UserAttributes")


def test_the_endpoints_of_a_user_share_their_attributes(phones: Endpoints) -> None:
    phones.update("a", User=user("u", plan=["free"], age=["7"]))
    phones.update("b", User={"UserId": "u"})
    phones.update("stranger", User=user("other", plan=["none"]))
    phones.update("b", User={"UserAttributes": {"plan": ["pro"]}})
    for id_ in ("a", "b"):
        assert phones.user(id_) == user("u", plan=["pro"], age=["7"])
    assert phones.user("stranger") == user("other", plan=["none"])


def test_what_was_known_of_nobody_comes_along(phones: Endpoints) -> None:
    phones.update("a", User={"UserAttributes": {"theme": ["dark"]}})
    phones.update("b", User={"UserId": "u"})
    phones.update("a", User=user("u", plan=["pro"]))
    assert phones.user("a") == phones.user("b") == user("u", theme=["dark"], plan=["pro"])


def test_what_was_known_of_another_user_stays_behind(phones: Endpoints) -> None:
    phones.update("tablet", User=user("second", size=["l"]))
    phones.update("phone", User=user("first", secret=["yes"]))
    phones.update("phone", User={"UserId": "second"})
    assert phones.user("phone") == phones.user("tablet") == user("second", size=["l"])
    assert phones.of_user("first") == set()


def test_a_users_sixteenth_address_is_refused_and_nothing_of_it_kept(phones: Endpoints) -> None:
    for number in range(15):
        phones.update(f"p{number}", ChannelType="EMAIL", User=user("u", n=[str(number)]))
    phones.update("p15", OptOut="NONE")
    sixteenth = user("u", n=["15"])
    assert phones.update("p15", ChannelType="EMAIL", OptOut="ALL", User=sixteenth) == TOO_MANY
    assert phones.get("p15")["OptOut"] == "NONE"
    assert phones.user("p0") == user("u", n=["14"])
    assert phones.update("unknown", ChannelType="SMS", User=sixteenth) == TOO_MANY
    assert phones.find("unknown") is None
    assert phones.update("p3", User={"UserId": "u"}) == (202, "Accepted")


@pytest.mark.parametrize("channel", ["SMS", "GCM"])
def test_a_sixteenth_endpoint_is_refused_if_there_is_no_device_to_let_go(
    phones: Endpoints, channel: str
) -> None:
    for number in range(15):
        phones.update(f"p{number}", ChannelType="EMAIL", User={"UserId": "u"})
    assert phones.update("new", ChannelType=channel, User={"UserId": "u"}) == TOO_MANY
    assert phones.of_user("u") == {f"p{number}" for number in range(15)}


def test_a_users_sixteenth_device_lets_the_oldest_go(phones: Endpoints) -> None:
    for number in range(15):
        phones.update(
            f"p{number}",
            ChannelType="APNS" if number in (4, 7) else "EMAIL",
            EffectiveDate=f"2026-01-{30 - number}T00:00:00Z",
            User={"UserId": "u"},
        )
    assert phones.update("new", ChannelType="GCM", User={"UserId": "u"}) == (202, "Accepted")
    assert phones.get("p7")["EndpointStatus"] == "INACTIVE"
    assert not phones.user("p7")
    assert phones.of_user("u") == {f"p{n}" for n in range(15) if n != 7} | {"new"}
    date = "2027-01-01T00:00:00Z"  # without one, it is older than any other
    phones.update("newer", ChannelType="GCM", EffectiveDate=date, User={"UserId": "u"})
    assert phones.of_user("u") == {f"p{n}" for n in range(15) if n != 7} | {"newer"}


def test_an_address_belongs_to_the_endpoint_that_was_updated_last(phones: Endpoints) -> None:
    phones.update("a", ChannelType="GCM", Address="token")
    phones.update("b", ChannelType="GCM", Address="token")
    assert phones.statuses("ab") == ["INACTIVE", "ACTIVE"]
    phones.update("a", OptOut="NONE")
    assert phones.statuses("ab") == ["ACTIVE", "INACTIVE"]
    phones.update("b", ChannelType="GCM", Address="token")
    assert phones.statuses("ab") == ["INACTIVE", "ACTIVE"]
    phones.update("b", ChannelType="GCM", Address="")
    phones.update("a", ChannelType="GCM", Address="token")
    assert phones.statuses("ab") == ["ACTIVE", "ACTIVE"]


def test_an_endpoint_that_says_inactive_takes_no_address(phones: Endpoints) -> None:
    phones.update("a", ChannelType="GCM", Address="token")
    phones.update("b", ChannelType="GCM", Address="token", EndpointStatus="INACTIVE")
    assert phones.statuses("ab") == ["ACTIVE", "INACTIVE"]
    phones.update("c", late=1, ChannelType="GCM", Address="token")
    assert phones.statuses("abc") == ["INACTIVE", "INACTIVE", "ACTIVE"]
    phones.update("b", OptOut="NONE")
    assert phones.statuses("abc") == ["INACTIVE", "ACTIVE", "INACTIVE"]


def test_endpoints_of_an_empty_address_leave_each_other_alone(phones: Endpoints) -> None:
    for id_ in "ab":
        phones.update(id_, ChannelType="GCM", Address="")
    assert phones.statuses("ab") == ["ACTIVE", "ACTIVE"]
