"""Who is signed in on an endpoint, and to whom the attributes belong that are set there."""

from typing import Any
from zlib import crc32

import pytest

from putevents.endpoints.table import EndpointTable
from putevents.endpoints.update import Change
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.rules import MAX_ENDPOINTS_PER_USER
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START, Endpoints, user

SIGN_OUT = {"UserId": ""}


def attributes(**values: list[str]) -> dict[str, dict[str, list[str]]]:
    return {"UserAttributes": values}


def test_a_sign_out_ends_the_users_attributes_on_that_endpoint(phones: Endpoints) -> None:
    for id_ in "ab":
        phones.update(id_, User=user("u", plan=["pro"]))
    phones.update("a", User=attributes(size=["l"]))
    phones.update("a", User=SIGN_OUT)
    assert phones.user("a") is None
    assert phones.of_user("u") == {"b"}
    assert phones.user("b") == user("u", plan=["pro"], size=["l"])
    phones.update("a", User={"UserId": "u"})
    assert phones.user("a") == phones.user("b") == user("u", plan=["pro"], size=["l"])


def test_an_empty_user_id_is_no_user(phones: Endpoints) -> None:
    for number in range(MAX_ENDPOINTS_PER_USER + 1):
        answer = phones.update(f"p{number}", User={**SIGN_OUT, **attributes(n=[str(number)])})
        assert answer == (202, "Accepted")
    assert phones.user("p0") == attributes(n=["0"])
    assert phones.of_user("") == set()
    assert phones.destination.delete_user_endpoints(phones.application_id, "") == []
    assert phones.user("p1") == attributes(n=["1"])


def test_signing_out_again_keeps_the_attributes_of_nobody(phones: Endpoints) -> None:
    phones.update("a", User=user("u", plan=["pro"]))
    phones.update("a", User=SIGN_OUT)
    phones.update("a", User=attributes(theme=["dark"]))
    phones.update("a", User=SIGN_OUT)
    assert phones.user("a") == attributes(theme=["dark"])


def test_attributes_set_while_a_user_is_signed_in_stay_with_that_user(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "first"})
    phones.update("a", User=attributes(secret=["yes"]))
    phones.update("a", User=SIGN_OUT)
    phones.update("a", User={"UserId": "second"})
    assert phones.user("a") == {"UserId": "second"}
    phones.update("a", User={"UserId": "third"})
    assert phones.user("a") == {"UserId": "third"}
    phones.update("a", User={"UserId": "first"})
    assert phones.user("a") == user("first", secret=["yes"])


def test_attributes_of_nobody_become_those_of_the_first_user_only(phones: Endpoints) -> None:
    phones.update("a", User=attributes(theme=["dark"]))
    phones.update("a", User={"UserId": "first"})
    phones.update("a", User=SIGN_OUT)
    phones.update("a", User=attributes(font=["big"]))
    assert phones.user("a") == attributes(font=["big"])
    phones.update("a", User={"UserId": "second"})
    assert phones.user("a") == user("second", font=["big"])
    phones.update("a", User={"UserId": "third"})
    assert phones.user("a") == {"UserId": "third"}
    phones.update("b", User={"UserId": "first"})
    assert phones.user("b") == user("first", theme=["dark"])


def test_attributes_of_nobody_do_not_undo_what_was_said_of_the_user_since(
    phones: Endpoints,
) -> None:
    phones.update("a", User=attributes(plan=["none"], theme=["dark"]))
    phones.update("b", User=user("u", plan=["pro"]))
    phones.update("a", User=attributes(font=["big"]))
    phones.update("a", User={"UserId": "u"})
    shared = user("u", plan=["pro"], theme=["dark"], font=["big"])
    assert phones.user("a") == phones.user("b") == shared


def test_a_device_that_made_room_has_no_user_and_no_attributes(phones: Endpoints) -> None:
    for number in range(MAX_ENDPOINTS_PER_USER + 1):
        phones.update(
            f"p{number}",
            ChannelType="GCM",
            EffectiveDate=f"2026-01-{number + 1:02}T00:00:00Z",
            User=user("u", plan=["pro"]),
        )
        phones.update(f"p{number}", User=attributes(size=["l"]))
    assert phones.user("p0") is None
    phones.update("p0", User=attributes(size=["s"]))
    assert phones.user("p0") == attributes(size=["s"])
    assert phones.user("p1") == user("u", plan=["pro"], size=["l"])


def test_a_deleted_user_without_an_endpoint_does_not_come_back(phones: Endpoints) -> None:
    delete = phones.destination.delete_user_endpoints
    phones.update("a", User=user("u", plan=["pro"]))
    phones.update("a", User={"UserId": "other"})
    assert delete(phones.application_id, "u") == []
    phones.catch_up()
    phones.update("a", User={"UserId": "u"})
    assert phones.user("a") == {"UserId": "u"}


def test_an_attribute_that_comes_late_is_the_former_users(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "first"})
    phones.update("a", User={"UserId": "second"})
    phones.update("a", late=1, User=attributes(secret=["yes"]))
    assert phones.user("a") == {"UserId": "second"}
    phones.update("a", User={"UserId": "first"})
    assert phones.user("a") == user("first", secret=["yes"])


def test_an_attribute_that_comes_late_is_not_shown_after_a_sign_out(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "first"})
    phones.update("a", User=SIGN_OUT)
    phones.update("a", late=1, User=attributes(secret=["yes"]))
    assert phones.user("a") is None
    phones.update("a", User={"UserId": "second"})
    assert phones.user("a") == {"UserId": "second"}


def test_a_user_whose_sign_in_comes_late_leaves_nothing_to_the_next(phones: Endpoints) -> None:
    phones.update("a", OptOut="NONE")
    phones.update("a", User={"UserId": "second"})
    phones.update("a", late=1, User={"UserId": "first"})
    assert phones.of_user("first") == set()
    phones.update("a", late=2, User=attributes(secret=["yes"]))
    assert phones.user("a") == {"UserId": "second"}


def test_a_sign_out_that_comes_late_takes_its_attributes_along(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "first"})
    phones.update("a", User={"UserId": "second"})
    phones.update("a", late=1, User={**SIGN_OUT, **attributes(theme=["dark"])})
    assert phones.user("a") == {"UserId": "second"}
    phones.update("b", User={"UserId": "second"})
    phones.update("b", late=1, User={**SIGN_OUT, **attributes(theme=["dark"])})
    assert phones.user("b") == user("second", theme=["dark"])


def test_of_a_request_an_endpoint_that_says_inactive_takes_no_address(
    either: EndpointTable, app: str
) -> None:
    awake = PublicEndpoint(ChannelType="GCM", Address="token")
    asleep = awake.model_copy(update={"endpoint_status": "INACTIVE"})
    updates = {"b1": awake, "b2": asleep}
    arrivals = dict.fromkeys(updates, Arrival("r", START))
    assert either.update(app, updates, arrivals, TimeLeft())[1] == []
    assert [e["EndpointStatus"] for e in either.get(app, updates)] == ["ACTIVE", "INACTIVE"]


def test_an_attribute_that_two_changes_of_user_overtook_is_its_users(
    either: EndpointTable, app: str
) -> None:
    def send(at: int, **person: Any) -> Any:
        change = {"phone": PublicEndpoint.model_validate({"User": person})}
        arrivals = {"phone": Arrival(str(at), START + at)}
        stored, failures = either.update(app, change, arrivals, TimeLeft())
        assert failures == []
        return stored["phone"].endpoint.get("User")

    for at, user_id in enumerate("vuw"):
        send(100 * at, UserId=user_id)
    send(250, UserAttributes={"secret": ["of w"]})
    assert send(50, UserAttributes={"secret": ["of v"]}) == user("v", secret=["of v"])
    assert send(60, UserId="v") == user("v", secret=["of v"])
    assert send(150, UserAttributes={"secret": ["of u"]}) == user("u", secret=["of u"])
    for at, user_id in ((300, "u"), (400, "v"), (500, "w"), (600, "u")):
        assert send(at, UserId=user_id) == user(user_id, secret=[f"of {user_id}"])
    # Of a moment before the last users nobody is known.
    assert send(70, UserAttributes={"other": ["of v"]}) is None
    assert send(80, UserId="v") == user("v", secret=["of v"])  # it says who that was


def test_a_user_who_came_back_after_a_sign_out_is_known_for_both_times(phones: Endpoints) -> None:
    phones.update("a", User={"UserId": "u"})
    for person in (SIGN_OUT, {"UserId": "u"}, {"UserId": "w"}):
        phones.update("a", User=person)
    phones.update("a", late=3, User=attributes(secret=["yes"]))
    assert phones.user("a") == {"UserId": "w"}
    phones.update("a", User={"UserId": "u"})
    assert phones.user("a") == user("u", secret=["yes"])


@pytest.mark.parametrize("id_", ["$user/u", "$user/", "$"])
def test_no_endpoint_id_leads_to_what_is_known_of_a_user(phones: Endpoints, id_: str) -> None:
    phones.update("a", User=user("u", plan=["pro"]))
    destination, app = phones.destination, phones.application_id
    assert destination.get_endpoint(app, id_) is None
    assert destination.delete_endpoint(app, id_) is None
    assert phones.user("a") == user("u", plan=["pro"])


@pytest.mark.parametrize("id_", ["$user/u", ""])
def test_an_id_that_no_endpoint_can_have_is_rejected_alone(
    either: EndpointTable, app: str, id_: str
) -> None:
    changes = {i: Change(PublicEndpoint(OptOut="NONE"), Arrival("r", START), 1) for i in (id_, "a")}
    stored, failures = either.update_each(app, changes, TimeLeft())
    assert failures == []
    assert stored[id_].rejection == "Endpoint id should be text without $, { and }."
    assert stored["a"].rejection is None


def test_a_cohort_follows_from_the_id(phones: Endpoints) -> None:
    for id_ in ("a", "b", "é"):
        phones.update(id_)
        assert phones.get(id_)["CohortId"] == str(crc32(id_.encode()) % 100)


def test_of_two_endpoints_of_one_request_with_one_address_the_last_is_active(
    either: EndpointTable, app: str
) -> None:
    endpoint = PublicEndpoint(ChannelType="GCM", Address="token")
    for number in range(20):
        ids = (f"{number}-a", f"{number}-b")
        updates = dict.fromkeys(ids, endpoint.model_copy(update={"address": f"token-{number}"}))
        arrivals = dict.fromkeys(ids, Arrival(f"request-{number}", START))
        stored, failures = either.update(app, updates, arrivals, TimeLeft())
        assert failures == []
        assert [i for i in ids if stored[i].rejection] == []
        found = {e["Id"]: e["EndpointStatus"] for e in either.get(app, ids)}
        assert list(found.values()) == ["INACTIVE", "ACTIVE"]
