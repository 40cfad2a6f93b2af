"""Destination `lake`: what clients send comes back by SQL, and endpoints by their calls."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.deployed.aws_faults import (
    dynamodb_down,
    dynamodb_throttled,
    fail_records,
    firehose_down,
    hanging,
    lose_answer,
)
from tests.deployed.bodies import EVENT, REQUESTS, load, message, numbered, request
from tests.deployed.conftest import OTHER
from tests.deployed.deployed_gateway import APPLICATION
from tests.deployed.deployed_lake import Lake
from tests.deployed.emulator import ROOT
from tests.deployed.eventually import eventually

CLIENTS = sorted(path.name for path in REQUESTS.glob("*.json") if path.name != "good-and-bad.json")
OK = (202, "Accepted")


@pytest.fixture(name="lake")
def _lake(deployed_lake: Lake) -> Iterator[Lake]:
    """The lake, well; nothing of it lies among the errors, before and after."""
    yield deployed_lake
    deployed_lake.faults.set()
    assert deployed_lake.errors() == []


def milliseconds(timestamp: str) -> str:
    return str(int(datetime.fromisoformat(timestamp).timestamp() * 1000))


def shown(members: dict[str, Any]) -> str:
    """A map as Athena shows it."""
    return "{" + ", ".join(f"{key}={value}" for key, value in members.items()) + "}"


@pytest.mark.parametrize("door", ["http", "queue"])
@pytest.mark.parametrize("name", CLIENTS)
def test_what_each_client_sends_is_read_back_field_by_field(
    lake: Lake, name: str, door: str
) -> None:
    application_id = {"http": APPLICATION, "queue": OTHER}[door]
    body = load(name)
    if door == "http":
        answer = lake.put_events(body, application_id)
        assert set(answer.items.values()) == {OK}
    else:
        lake.produce(message(application_id, body))
        eventually(lambda: lake.waiting() == 0)

    for endpoint_id, batch in body["BatchItem"].items():
        rows = lake.athena.query(
            f"""SELECT event_id, event_type, event_timestamp, attributes, metrics,
                session.session_id, session.start_timestamp, session.stop_timestamp,
                session.duration, application.app_id, application.title, application.sdk.name,
                device.model, endpoint.demographic.make, endpoint.user.userid, endpoint.id
            FROM events WHERE application_id = '{application_id}'
            AND endpoint_id = '{endpoint_id}'"""
        )
        found = {row["event_id"]: row for row in rows}
        assert batch["Events"].keys() <= found.keys()
        demographic = batch["Endpoint"].get("Demographic", {})
        for event_id, event in batch["Events"].items():
            row, session = found[event_id], event.get("Session", {})
            stop = session.get("StopTimestamp")
            expected = {
                "event_id": event_id,
                "event_type": event["EventType"],
                "event_timestamp": milliseconds(event["Timestamp"]),
                "session_id": session.get("Id"),
                "start_timestamp": (session and milliseconds(session["StartTimestamp"])) or None,
                "stop_timestamp": stop and milliseconds(stop),
                "duration": str(session["Duration"]) if "Duration" in session else None,
                "app_id": application_id,
                "title": event.get("AppTitle"),
                "name": event.get("SdkName"),
                "id": endpoint_id,
                "attributes": shown(event.get("Attributes", {})),
            }
            assert {name: row[name] for name in expected} == expected
            assert_metrics(row["metrics"], event.get("Metrics", {}))
            if demographic:
                assert row["model"] == demographic.get("Model")
                assert row["make"] == demographic.get("Make")
            if user_id := batch["Endpoint"].get("User", {}).get("UserId"):
                assert row["userid"] == user_id


def assert_metrics(cell: str | None, metrics: dict[str, float]) -> None:
    pairs = [pair.rpartition("=") for pair in (cell or "{}")[1:-1].split(", ") if pair]
    assert {key: float(value) for key, _, value in pairs} == metrics


def test_an_empty_endpoint_wipes_nothing_and_the_stored_one_is_in_the_record(
    lake: Lake, endpoint_id: str
) -> None:
    endpoint = {
        "Demographic": {"AppVersion": "2.0", "Platform": "iOS"},
        "User": {"UserId": "u-" + endpoint_id, "UserAttributes": {"Plan": ["pro"]}},
    }
    path = f"/v1/apps/{APPLICATION}/endpoints/{endpoint_id}"
    assert lake.call(path, json.dumps(endpoint).encode(), "PUT").status == 202

    lake.put_events(request(endpoint_id, {"1": EVENT}))

    [row] = lake.rows(
        endpoint_id,
        "application.version_name, device.platform.name, endpoint.user.userid AS user_id,"
        " endpoint.user.userattributes AS attributes, endpoint.optout, endpoint.endpointstatus,"
        " endpoint.creationdate",
    )
    assert row == {
        "event_id": "1",
        "version_name": "2.0",
        "name": "ios",
        "user_id": "u-" + endpoint_id,
        "attributes": "{Plan=[pro]}",
        "optout": "ALL",
        "endpointstatus": "ACTIVE",
        "creationdate": row["creationdate"],
    }
    stored = lake.call(path, method="GET").json
    assert stored["Demographic"] == endpoint["Demographic"]
    assert stored["CreationDate"] == row["creationdate"]


def test_a_resent_event_is_one_row_of_the_view(lake: Lake, endpoint_id: str) -> None:
    body = request(endpoint_id, {"1": EVENT, "2": EVENT})
    for _ in range(3):
        lake.put_events(body)
    lake.put_events(request(endpoint_id, {"1": EVENT | {"EventType": "another.type"}}))

    assert lake.stored(endpoint_id) == {"1": 4, "2": 3}
    types = [(row["event_id"], row["event_type"]) for row in lake.rows(endpoint_id, "event_type")]
    assert sorted(types) == [
        ("1", "another.type"), ("1", "song.played"), ("2", "song.played"),
    ]  # fmt: skip


def test_250_events_of_one_request_are_all_stored(lake: Lake, endpoint_id: str) -> None:
    answer = lake.put_events(numbered(endpoint_id, 250))

    assert set(answer.items.values()) == {OK}
    assert lake.stored(endpoint_id) == {str(number): 1 for number in range(250)}


def test_a_request_of_300_endpoints_is_answered_in_time(lake: Lake, endpoint_id: str) -> None:
    ids = [f"{endpoint_id}-{number}" for number in range(300)]
    batch = {"Endpoint": {"OptOut": "NONE"}, "Events": {"1": EVENT}}
    answer = lake.put_events({"BatchItem": dict.fromkeys(ids, batch)})

    assert {
        item["EndpointItemResponse"]["StatusCode"] for item in answer.json["Results"].values()
    } == {202}
    [row] = lake.athena.query(
        "SELECT count(*) AS events, count(DISTINCT endpoint.id) AS endpoints FROM events"
        f" WHERE endpoint_id LIKE '{endpoint_id}-%' AND endpoint.optout = 'NONE'"
    )
    assert row == {"events": "300", "endpoints": "300"}


def test_odd_but_valid_events_never_lie_among_the_errors(lake: Lake, endpoint_id: str) -> None:
    odd: dict[str, Any] = {
        "nul": EVENT | {"Attributes": {"a\u0000b": "\u0000", "": ""}},
        "keys": EVENT | {"Attributes": {"On": "1", "on": "2", "ON": "3"}, "Metrics": {"M": 1}},
        "dots": EVENT | {"Attributes": {"a.b": "c", "__proto__": "x", "key": "k", "value": "v"}},
        "numbers": EVENT | {"Metrics": {"big": 1e308, "tiny": -5e-324, "zero": -0.0}},
        "unicode": EVENT | {"EventType": "😀 \ufffe ' \" \\ \n </script>"},
        "old": EVENT | {"Timestamp": "0001-01-01T00:00:00Z"},
        "future": EVENT | {"Timestamp": "9999-12-31T23:59:59.999999999Z"},
        "long": EVENT | {"AppTitle": "x" * 900_000},
        "session": EVENT
        | {"Session": {"Id": "", "StartTimestamp": "2026-01-01T00:00:00Z", "Duration": 2**63 - 1}},
    }
    answer = lake.put_events(request(endpoint_id, odd))
    too_long = EVENT | {"Session": {**odd["session"]["Session"], "Duration": 2**63}}
    refused = lake.put_events(request(endpoint_id, {"x": too_long}))

    assert set(answer.items.values()) == {OK}
    assert refused.items["x"][0] == 400
    assert lake.errors() == []
    rows = lake.events(endpoint_id, "event_type, attributes, metrics, session.duration")
    assert rows.keys() == odd.keys()
    assert rows["keys"]["attributes"] == "{On=1, on=2, ON=3}"
    assert rows["unicode"]["event_type"] == odd["unicode"]["EventType"]


def test_what_is_rejected_can_be_found_with_its_rule(lake: Lake, endpoint_id: str) -> None:
    bad = {"EventType": "no time", "Attributes": {"Schlüssel": "\ud800"}}
    body = request(endpoint_id, {"good": EVENT, "bad": bad}, {"Address": "no channel"})
    lake.put_events(body)
    lake.produce(message(APPLICATION, request(endpoint_id, {"by queue": {}})))
    eventually(lambda: lake.waiting() == 0)

    rows = lake.athena.query(f"SELECT * FROM rejected_events WHERE endpoint_id = '{endpoint_id}'")
    told = {row["event_id"]: row for row in rows}
    assert told.keys() == {"bad", None, "by queue"}
    assert {row["application_id"] for row in rows} == {APPLICATION}
    assert [told[key]["rule"] for key in ("bad", None)] == [
        "Missing Timestamp", "Missing ChannelType",
    ]  # fmt: skip
    assert told[None]["message"] == "Missing ChannelType (Address)"
    assert json.loads(told["bad"]["event"] or "") == bad
    assert json.loads(told[None]["event"] or "") == {"Address": "no channel"}
    assert lake.stored(endpoint_id) == {"good": 1}
    assert lake.dead_letters() == []


@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        pytest.param(fail_records(2, times=1), 1, id="Firehose fails every other record"),
        pytest.param(fail_records(1, code="InternalFailure", times=1), 1, id="Firehose fails all"),
        pytest.param(firehose_down(times=2), 1, id="Firehose is down"),
        pytest.param(dynamodb_throttled(times=2), 1, id="the table is throttled"),
        pytest.param(dynamodb_throttled("BatchGetItem", times=2), 1, id="reads are throttled"),
        pytest.param(dynamodb_down(times=2), 1, id="the table is down"),
        pytest.param(hanging("firehose", "PutRecordBatch"), 1, id="Firehose hangs"),
        pytest.param(hanging("dynamodb", "UpdateItem"), 1, id="the table hangs"),
        # The one fault that makes copies: it was stored, and nobody was told.
        pytest.param(lose_answer("firehose", "PutRecordBatch", times=2), 3, id="no answer"),
    ],
)
def test_a_failure_of_the_lake_is_queued_and_delivered_later(
    lake: Lake, endpoint_id: str, fault: dict[str, Any], copies: int
) -> None:
    events = {str(number): EVENT | {"AppTitle": "x" * 2000} for number in range(10)}
    lake.faults.set(fault)

    answer = lake.put_events(request(endpoint_id, events, {"User": {"UserId": "u"}}))

    assert set(answer.items.values()) == {OK}
    assert lake.faults.hits()[0] > 0
    lake.faults.set()
    eventually(lambda: lake.waiting() == 0 and lake.stored(endpoint_id).keys() == events.keys())
    assert set(lake.stored(endpoint_id).values()) <= {1, copies}
    assert lake.events(endpoint_id, "day").keys() == events.keys()


def test_a_slow_table_delays_and_loses_nothing_of_many_endpoints(
    lake: Lake, endpoint_id: str
) -> None:
    ids = [f"{endpoint_id}-{number}" for number in range(40)]
    batch = {"Endpoint": {"OptOut": "NONE"}, "Events": {"1": EVENT}}
    lake.faults.set(dynamodb_throttled(every=3, times=40))
    answer = lake.put_events({"BatchItem": dict.fromkeys(ids, batch)})

    assert set(answer.items.values()) == {OK}
    lake.faults.set()
    eventually(lambda: lake.waiting() == 0)
    [row] = lake.athena.query(
        "SELECT count(*) AS events FROM raw_events WHERE client.client_id LIKE"
        f" '{endpoint_id}-%' AND endpoint.optout = 'NONE'"
    )
    assert row == {"events": "40"}


def test_endpoints_are_read_and_deleted_by_their_own_calls(lake: Lake, endpoint_id: str) -> None:
    base, user = f"/v1/apps/{APPLICATION}", f"user of {endpoint_id}"
    endpoint = {"ChannelType": "EMAIL", "Address": f"{endpoint_id}@example.com"}
    for number in range(2):
        body = endpoint | {"User": {"UserId": user, "UserAttributes": {"n": [str(number)]}}}
        path = f"{base}/endpoints/{endpoint_id}-{number}"
        assert lake.call(path, json.dumps(body).encode(), "PUT").status == 202
    by_user = f"{base}/users/{user.replace(' ', '%20')}"

    found = lake.call(by_user, method="GET").json["Item"]
    assert [e["Id"] for e in found] == [f"{endpoint_id}-0", f"{endpoint_id}-1"]
    assert {e["User"]["UserAttributes"]["n"][0] for e in found} == {"1"}
    assert {e["EndpointStatus"] for e in found} == {"ACTIVE", "INACTIVE"}
    deleted = lake.call(f"{base}/endpoints/{endpoint_id}-0", method="DELETE")
    assert (deleted.status, deleted.json) == (202, found[0])
    assert lake.call(f"{base}/endpoints/{endpoint_id}-0", method="GET").status == 404
    assert lake.call(by_user, method="DELETE").json == {"Item": found[1:]}
    assert lake.call(by_user, method="GET").status == 404


def test_a_table_that_does_not_answer_is_our_fault(lake: Lake, endpoint_id: str) -> None:
    lake.faults.set(dynamodb_down("BatchGetItem"))
    answer = lake.call(f"/v1/apps/{APPLICATION}/endpoints/{endpoint_id}", method="GET")
    assert answer.status == 500
    assert answer.json["Message"] == "The destination did not answer, please try again."


def test_the_steps_for_an_event_that_nobody_sees_run_in_athena(lake: Lake) -> None:
    page = (ROOT / "docs/troubleshooting.md").read_text()
    laptop, aws = page.split("### On a laptop")[1].split("### On AWS")
    queries = re.findall(r'QUERY="([^"]+)"', laptop) + re.findall(r"^ *(SELECT .*)$", aws, re.M)
    assert len(queries) == 5
    for query in queries:
        assert lake.athena.query(query) is not None


def test_every_named_query_runs(lake: Lake) -> None:
    for name, sql in lake.athena.named_queries().items():
        assert lake.athena.query(sql) is not None, name
