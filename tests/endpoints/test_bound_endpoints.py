"""`bindEndpoints`: an endpoint and a user are their first caller's, over both stores."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.caller import UNKNOWN, Caller
from putevents.wire.rules import NOT_OWNED
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START
from tests.endpoints.counted_table import CountedTable, items_of
from tests.endpoints.whole_gateway import WholeGateway

JANE, MALLORY = "eu-west-1:jane", "eu-west-1:mallory"
POOL = "eu-west-1:pool"
EVENT = {"EventType": "tap", "Timestamp": "2025-11-25T07:00:00Z"}
TAP = {"Endpoint": {}, "Events": {"e": EVENT}}
FORBIDDEN = {"StatusCode": 403, "Message": NOT_OWNED.message}
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}


class Bound(WholeGateway):
    """A gateway that is called by Cognito identities."""

    def as_caller(self, identity: str | None) -> "Bound":
        """Call as an identity from now on."""
        self.doors.request_context = {
            "identity": {"cognitoIdentityId": identity, "cognitoIdentityPoolId": POOL}
        }
        return self

    def events(self) -> list[Any]:
        """The events that were stored, without what was rejected."""
        return [record for record in self.records() if "rule" not in record]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture(name="gateway", params=["lake", "local"])
def _gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bound]:
    gateway = Bound(request.param, tmp_path, BIND_ENDPOINTS="true")
    yield gateway
    gateway.database.close()


def test_another_caller_is_answered_403_for_the_endpoint_and_all_its_events(
    gateway: Bound,
) -> None:
    assert gateway.as_caller(JANE).put(phone=TAP)["phone"]["EventsItemResponse"] == {"e": ACCEPTED}

    results = gateway.as_caller(MALLORY).put(phone=TAP, own=TAP)

    assert results["phone"] == {
        "EndpointItemResponse": FORBIDDEN,
        "EventsItemResponse": {"e": FORBIDDEN},
    }
    assert results["own"]["EventsItemResponse"] == {"e": ACCEPTED}
    assert [event["client"]["client_id"] for event in gateway.events()] == ["phone", "own"]


@pytest.mark.parametrize("id_", ["phone", "PHONE"])
def test_another_caller_cannot_update_an_endpoint(gateway: Bound, id_: str) -> None:
    path = f"endpoints/{id_}"
    assert gateway.as_caller(JANE).call("PUT", "endpoints/phone", {"OptOut": "ALL"})[0] == 202

    status, body = gateway.as_caller(MALLORY).call("PUT", path, {"OptOut": "NONE"})
    batch = {"Item": [{"Id": "own"}, {"Id": id_, "OptOut": "NONE"}]}
    of_batch, told = gateway.call("PUT", "endpoints", batch)

    assert (status, body["Message"]) == (403, NOT_OWNED.message)
    assert (of_batch, told["Message"]) == (403, f"{NOT_OWNED.message} (Item.1)")
    assert gateway.call("GET", path)[1]["OptOut"] == "ALL"
    assert gateway.as_caller(JANE).call("PUT", path, {"OptOut": "NONE"})[0] == 202


def test_another_caller_cannot_name_a_user(gateway: Bound) -> None:
    """Nor set the user's attributes, which all of the user's endpoints show."""
    mine = {"User": {"UserId": "jane", "UserAttributes": {"plan": ["gold"]}}}
    assert gateway.as_caller(JANE).call("PUT", "endpoints/phone", mine)[0] == 202

    theirs = {"User": {"UserId": "jane", "UserAttributes": {"plan": ["none"]}}}
    results = gateway.as_caller(MALLORY).put(own={"Endpoint": theirs, "Events": {"e": EVENT}})

    assert results["own"] == {
        "EndpointItemResponse": FORBIDDEN,
        "EventsItemResponse": {"e": FORBIDDEN},
    }
    assert gateway.call("GET", "endpoints/own")[0] == 404
    assert gateway.as_caller(JANE).call("PUT", "endpoints/tablet", mine)[0] == 202
    found = gateway.call("GET", "users/jane")[1]["Item"]
    assert {e["Id"]: e["User"]["UserAttributes"]["plan"] for e in found} == {
        "phone": ["gold"],
        "tablet": ["gold"],
    }


def test_what_has_no_caller_of_its_own_ties_nothing_and_may_have_all(gateway: Bound) -> None:
    """A role without a Cognito identity is a server of one's own; so is whoever feeds the queue."""
    gateway.as_caller(None).put(phone=TAP)
    assert gateway.as_caller(JANE).put(phone=TAP)["phone"]["EndpointItemResponse"] == ACCEPTED

    assert gateway.as_caller(None).put(phone=TAP)["phone"]["EndpointItemResponse"] == ACCEPTED
    assert gateway.as_caller(MALLORY).put(phone=TAP)["phone"]["EndpointItemResponse"] == FORBIDDEN


def test_who_called_travels_with_what_is_queued(gateway: Bound) -> None:
    gateway.as_caller(JANE).put(phone=TAP)
    for _ in range(20):  # until the breaker opens, and everything goes to the queue
        gateway.doors.gateway.breaker.note("my-app", answered=False)

    late = {"Endpoint": {"OptOut": "NONE"}, "Events": {"late": EVENT}}
    queued = gateway.as_caller(MALLORY).put(phone=late)
    assert queued["phone"]["EventsItemResponse"] == {"late": ACCEPTED}
    gateway.doors.gateway.breaker.close("my-app")
    gateway.redeliver()

    assert [event["event_id"] for event in gateway.events()] == ["e"]
    assert gateway.call("GET", "endpoints/phone")[1]["OptOut"] == "ALL"


def test_the_cognito_ids_reach_the_record_also_of_what_was_queued(gateway: Bound) -> None:
    if not hasattr(gateway.destination, "_streams"):
        pytest.skip("a laptop has no Cognito: its store keeps none")
    gateway.streams.is_down = True
    gateway.as_caller(JANE).put(phone=TAP)
    gateway.streams.is_down = False
    gateway.redeliver()

    [record] = gateway.records()
    assert record["client"] == {"client_id": "phone", "cognito_id": JANE}
    assert record["application"]["cognito_identity_pool_id"] == POOL


def test_off_nothing_is_tied(tmp_path: Path) -> None:
    gateway = Bound("lake", tmp_path)
    gateway.as_caller(JANE).put(phone=TAP)

    assert gateway.as_caller(MALLORY).put(phone=TAP)["phone"]["EndpointItemResponse"] == ACCEPTED
    gateway.database.close()


Apply = Callable[[str, str, dict[str, Any]], tuple[int, str]]


@pytest.fixture(name="apply")
def _apply(either: EndpointTable, app: str) -> Apply:
    now = START

    def apply(owner: str, id_: str, members: dict[str, Any]) -> tuple[int, str]:
        nonlocal now
        now += 10
        caller = Caller(owner) if owner else UNKNOWN
        endpoint = PublicEndpoint.model_validate(members)
        arrival = Arrival(f"request-{now}", now, caller=caller)
        stored, failures = either.update(app, {id_: endpoint}, {id_: arrival}, TimeLeft())
        assert failures == []
        answer = stored[id_].answer
        return answer["StatusCode"], str(stored[id_].endpoint.get("Address"))

    return apply


def test_the_first_caller_of_an_endpoint_that_was_nobodys_ties_it(apply: Apply) -> None:
    assert apply("", "phone", {"Address": "token", "ChannelType": "GCM"}) == (202, "token")
    assert apply("jane", "phone", {}) == (202, "token")
    assert apply("jane", "phone", {"OptOut": "ALL"}) == (202, "token")
    # Nothing of the endpoint is shown to another caller.
    assert apply("mallory", "phone", {}) == (403, "None")
    assert apply("mallory", "phone", {"Address": "other", "ChannelType": "GCM"}) == (403, "None")
    assert apply("mallory", "phone", {"User": {"UserId": "mallory"}}) == (403, "None")
    assert apply("jane", "phone", {}) == (202, "token")


def test_a_tied_endpoint_costs_no_call_more_and_a_user_one_write_once() -> None:
    person = {"User": {"UserId": "jane"}, "OptOut": "ALL"}

    def calls(owner: str) -> list[dict[str, int]]:
        table, told = CountedTable(), []
        rules = EndpointTable(items_of(table))
        for number, members in enumerate([{"OptOut": "NONE"}, {}, person, person, {}]):
            now = START + 10 * number
            arrival = Arrival(f"request-{now}", now, caller=Caller(owner))
            update = {"phone": PublicEndpoint.model_validate(members)}
            table.calls.clear()
            rules.update("app", update, {"phone": arrival}, TimeLeft())
            told.append(dict(table.calls))
        return told

    nobodys, tied = calls(""), calls("jane")

    once = tied[2].pop("update_item") - nobodys[2].pop("update_item")
    assert once == 1
    assert tied == nobodys
