"""Pinpoint's limits hold for an endpoint as its updates have made it, in both stores."""

from typing import Any

from tests.endpoints.application import Endpoints, user

MANY = "Number of attributes per endpoint submitted should be less than 250."
LARGE = "Endpoint size should be at most 15 KB."


def keys(*numbers: int) -> dict[str, list[str]]:
    return {f"k{number}": ["v"] for number in range(*numbers)}


def test_attributes_and_metrics_of_many_updates_are_250_together(phones: Endpoints) -> None:
    phones.update("a", Attributes=keys(200))
    metrics = {f"m{number}": 1.0 for number in range(50)}
    assert phones.update("a", Metrics=metrics) == (202, "Accepted")
    before = phones.get("a")
    for members in ({"Attributes": {"new": ["v"]}}, {"Metrics": {"m0": 2.0, "new": 1.0}}):
        assert phones.update("a", OptOut="NONE", **members) == (400, MANY)
        assert phones.update("a", User={"UserId": "u"}, **members) == (400, MANY)
    assert phones.get("a") == before
    assert phones.of_user("u") == set()
    assert phones.update("a", Attributes={"k0": ["w"]}) == (202, "Accepted")
    assert phones.get("a")["Attributes"]["k0"] == ["w"]


def test_an_endpoint_of_many_updates_is_15_kb_at_most(phones: Endpoints) -> None:
    def large(name: str) -> dict[str, Any]:
        return {f"{name}{number}": ["x" * 100] * 8 for number in range(8)}

    told = [phones.update("a", Attributes=large(name)) for name in "abcd"]
    assert told == [(202, "Accepted")] * 2 + [(400, LARGE)] * 2
    assert len(phones.get("a")["Attributes"]) == 16
    assert phones.update("a", Attributes=large("a")) == (202, "Accepted")


def test_what_the_endpoints_of_a_user_share_is_limited_too(phones: Endpoints) -> None:
    phones.update("a", User=user("u", **keys(250)))
    before = phones.get("a")
    assert phones.update("a", User=user("u", new=["v"])) == (400, MANY)
    assert phones.update("a", User={"UserAttributes": {"new": ["v"]}}) == (400, MANY)
    assert phones.get("a") == before
    assert phones.update("b", User={"UserAttributes": {"new": ["v"]}}) == (202, "Accepted")
    assert phones.update("b", User={"UserId": "u"}) == (400, MANY)
    assert phones.user("b") == {"UserAttributes": {"new": ["v"]}}
