"""Users, addresses and late events through the HTTPS door and the queue, over both stores."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import time_ns
from typing import Any

import pytest

from putevents.queue.messages import MAX_BYTES
from putevents.wire.event_record import MAX_WRITTEN_BYTES
from tests.endpoints.application import user
from tests.endpoints.whole_gateway import WholeGateway
from tests.unit.doors import sqs_record

EVENT = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z"}
ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}


@pytest.fixture(name="gateway", params=["lake", "local"])
def _gateway(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WholeGateway]:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    gateway = WholeGateway(request.param, tmp_path)
    yield gateway
    gateway.database.close()


@pytest.fixture(name="lake")
def _lake(gateway: WholeGateway, request: pytest.FixtureRequest) -> WholeGateway:
    if request.node.callspec.params["gateway"] == "local":
        pytest.skip("one SQLite file fails as a whole")
    return gateway


def batch(*event_ids: str, **endpoint: Any) -> Any:
    return {"Endpoint": endpoint, "Events": dict.fromkeys(event_ids, EVENT)}


def person(gateway: WholeGateway, id_: str) -> Any:
    status, endpoint = gateway.call("GET", f"endpoints/{id_}")
    assert status == 200
    return endpoint.get("User")


def test_an_event_that_waited_is_stored_with_the_endpoint_of_its_time(lake: WholeGateway) -> None:
    lake.put(phone=batch(User=user("v", plan=["free"]), OptOut="NONE"))
    lake.streams.is_down = True
    assert lake.put(phone=batch("1", "2"))["phone"]["EventsItemResponse"]["1"] == ACCEPTED
    assert lake.records() == []
    lake.streams.is_down = False
    lake.put(phone=batch("3", User=user("u", plan=["pro"]), OptOut="ALL"))
    lake.redeliver()
    told = {
        record["event_id"]: (
            record["endpoint"]["user"]["userid"],
            record["endpoint"]["user"]["userattributes"]["plan"],
            record["endpoint"]["optout"],
        )
        for record in lake.records()
    }
    assert told == {
        "1": ("v", ["free"], "NONE"),
        "2": ("v", ["free"], "NONE"),
        "3": ("u", ["pro"], "ALL"),
    }
    assert person(lake, "phone")["UserId"] == "u"


def test_an_event_that_waits_twice_keeps_what_was_known_first(lake: WholeGateway) -> None:
    lake.put(phone=batch(User={"UserId": "v"}))
    lake.streams.is_down = True
    lake.put(phone=batch("1"))
    lake.put(phone=batch(User={"UserId": "u"}))
    messages, lake.queue.messages = lake.queue.messages, []
    assert lake.doors.stay(sqs_record(messages[0].body)) == ["m1"]
    lake.queue.messages = messages
    lake.streams.is_down = False
    lake.redeliver()
    assert [record["endpoint"]["user"]["userid"] for record in lake.records()] == ["v"]


def test_an_event_of_a_table_that_was_down_is_the_former_users_and_has_its_own_update(
    gateway: WholeGateway,
) -> None:
    now = time_ns() // 1_000_000
    signed_in = {"phone": batch(User={"UserId": "v"}, OptOut="NONE")}
    own = {"phone": batch("2", Demographic={"Make": "old"})}
    sent = [(now - 2000, signed_in), (now - 1000, {"phone": batch("1")}), (now - 1000, own)]
    for number, (moment, batch_item) in enumerate(sent):
        body = {"ApplicationId": "my-app", "EventsRequest": {"BatchItem": batch_item}}
        record = sqs_record(body, f"m{number}")
        record["attributes"]["SentTimestamp"] = str(moment)
        assert gateway.doors.stay(record) == []
        if not number:
            gateway.put(phone=batch(User={"UserId": "u"}, OptOut="ALL"))
    told = {r["event_id"]: r["endpoint"] for r in gateway.records()}
    assert {id_: found["user"]["userid"] for id_, found in told.items()} == {"1": "v", "2": "v"}
    assert told["2"]["demographic"]["make"] == "old"


@pytest.mark.parametrize("along", [{"phone": {"Endpoint": {"Id": 5}}}, {"phone": 3}, None, {}])
def test_what_a_producer_writes_in_the_place_of_a_stored_endpoint_is_ignored(
    gateway: WholeGateway, along: Any
) -> None:
    gateway.put(phone=batch(OptOut="NONE"))
    request = {"BatchItem": {"phone": batch("1")}}
    body = {"ApplicationId": "my-app", "EventsRequest": request, "AsOfArrival": along}
    assert gateway.doors.stay(sqs_record(body)) == []
    assert [record["endpoint"]["optout"] for record in gateway.records()] == ["NONE"]


def test_what_one_request_writes_is_bounded_and_the_rest_is_queued_in_pieces(
    gateway: WholeGateway,
) -> None:
    for name in "ab":
        attributes = {f"{name}{number}": ["x" * 100] * 8 for number in range(7)}
        gateway.put(phone=batch(Attributes=attributes))
    ids = [str(number) for number in range(2000)]
    answers = gateway.put(phone=batch(*ids))["phone"]["EventsItemResponse"]
    assert answers == dict.fromkeys(ids, ACCEPTED)
    assert sum(len(json.dumps(record)) for record in gateway.records()) < MAX_WRITTEN_BYTES * 1.1
    seen = 0
    while gateway.queue.messages:
        bodies = gateway.redeliver()
        assert all(len(body.encode()) < MAX_BYTES for body in bodies)
        assert len(gateway.records()) > seen
        seen = len(gateway.records())
    assert sorted(record["event_id"] for record in gateway.records()) == sorted(ids)


def test_two_spellings_in_one_request_are_both_answered_and_are_one_endpoint(
    gateway: WholeGateway,
) -> None:
    asked = {"ABC-1": batch("1", "e", OptOut="NONE"), "abc-1": batch("2", "E", OptOut="ALL")}
    results = gateway.put(**asked)
    assert {id_: set(item["EventsItemResponse"]) for id_, item in results.items()} == {
        "ABC-1": {"1", "e"},
        "abc-1": {"2", "E"},
    }
    assert gateway.call("GET", "endpoints/Abc-1")[1]["OptOut"] == "ALL"
    told = [(r["client"]["client_id"], r["endpoint"]["id"]) for r in gateway.records()]
    assert set(told) == {("ABC-1", "ABC-1")}


def test_the_last_of_two_endpoints_with_one_address_is_active(gateway: WholeGateway) -> None:
    address = {"ChannelType": "GCM", "Address": "token"}
    items = [{"Id": "z", **address}, {"Id": "a", **address}, {"Id": "z", **address}]
    for count, active in ((2, "a"), (3, "z")):
        assert gateway.call("PUT", "endpoints", {"Item": items[:count]})[0] == 202
        statuses = {
            id_: gateway.call("GET", f"endpoints/{id_}")[1]["EndpointStatus"] for id_ in "az"
        }
        assert statuses == {id_: "ACTIVE" if id_ == active else "INACTIVE" for id_ in "az"}


def test_an_endpoint_tells_when_and_by_which_request_it_was_updated(gateway: WholeGateway) -> None:
    gateway.put(phone=batch(OptOut="NONE"))
    found = gateway.call("GET", "endpoints/phone")[1]
    assert (found["EffectiveDate"], found["RequestId"]) == (found["CreationDate"], "request-1")


def test_attributes_set_without_a_users_id_stay_with_who_was_signed_in(
    gateway: WholeGateway,
) -> None:
    gateway.put(phone=batch(User={"UserId": "v"}))
    gateway.put(phone=batch(User={"UserAttributes": {"secret": ["v's"]}}))
    gateway.put(phone=batch(User={"UserId": "u"}), tablet=batch(User={"UserId": "u"}))
    assert person(gateway, "phone") == person(gateway, "tablet") == {"UserId": "u"}
    gateway.put(phone=batch(User={"UserId": ""}))
    gateway.put(phone=batch(User={"UserAttributes": {"theme": ["dark"]}}))
    gateway.put(phone=batch(User={"UserId": "u"}))
    assert person(gateway, "tablet") == user("u", theme=["dark"])
    gateway.put(phone=batch(User={"UserId": "w"}))
    assert person(gateway, "phone") == {"UserId": "w"}


def test_a_forgotten_user_without_an_endpoint_is_forgotten(gateway: WholeGateway) -> None:
    gateway.put(phone=batch(User=user("v", plan=["pro"])))
    gateway.put(phone=batch(User={"UserId": "u"}))
    assert gateway.call("DELETE", "users/v")[0] == 404
    gateway.put(phone=batch(User={"UserId": "v"}))
    assert person(gateway, "phone") == {"UserId": "v"}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_the_item_of_a_user_is_no_endpoint(gateway: WholeGateway, method: str) -> None:
    gateway.put(phone=batch(User=user("bob", plan=["pro"])))
    for id_ in ("%24user%2Fbob", "%24USER%2FBOB"):
        status, _ = gateway.call(method, f"endpoints/{id_}", {} if method == "PUT" else "")
        assert status == (400 if method == "PUT" else 404)
    assert person(gateway, "phone") == user("bob", plan=["pro"])
