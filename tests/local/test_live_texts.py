"""Whatever texts and numbers stand in the store, the live page shows its rows."""

import json
from typing import Any
from urllib.parse import quote

from tests.local.conftest import StartGateway
from tests.local.live_client import LiveClient
from tests.local.running_gateway import EVENT

HALF = "\ud800lone"
TIME = EVENT["Timestamp"]
EVENTS: dict[str, Any] = {
    "half a type": {"EventType": HALF, "Timestamp": TIME},
    "half a key": {"EventType": "x", "Timestamp": TIME, "Attributes": {HALF: HALF}},
    "no type": {"EventType": {"a": HALF}, "Timestamp": TIME},
    "half of a session": {"EventType": "x", "Session": {"Id": HALF}},
    "zero": {"EventType": "a\0b", "Timestamp": TIME, "Attributes": {"k\0": "v\0"}},
    "spelled": {"EventType": "Überschrift"},
    "large": {"EventType": 10**4000, "Metrics": {"a": 10**4000}},
    HALF: {"EventType": "x", "Timestamp": TIME},
}


def put(page: LiveClient, application: str, body: str) -> None:
    status, answer = page.gateway.ask("POST", f"/v1/apps/{application}/events", body)
    assert status == 202, answer


def check_all(page: LiveClient) -> None:
    """Each list, each filter, each search, each row, each endpoint."""
    for query in ({}, {"q": "lone"}, {"q": "\0"}, {"type": "\ufffdlone"}, {"endpoint": "\ufffd"}):
        for row in page.get("events", limit=500, **query)["events"]:
            page.get(f"events/{row['seq']}")
    assert "\ufffdlone" in [t.replace("\ud800", "\ufffd") for t in types(page, "half a type")]
    assert {row["type"] for row in page.get("events", type="\ufffdlone")["events"]} == {HALF}
    found = page.rows("texts", q="überschrift")
    assert {(event, verdict) for _, event, verdict in found} == {("spelled", "rejected")}
    page.get("summary")
    for q in ("", "\ufffd", "\0"):
        for one in page.get("endpoints", q=q)["endpoints"]:
            page.get(f"endpoints/{one['application']}/{quote(one['endpoint'], safe='')}")
    for table in ("events", "raw_events", "rejected_events"):
        page.post("sql", {"query": f"SELECT * FROM {table}"})


def types(page: LiveClient, event: str) -> list[str]:
    return [r["type"] for r in page.get("events", limit=500)["events"] if r["event"] == event]


def test_rows_are_shown_whatever_is_in_them(start_gateway: StartGateway) -> None:
    page = LiveClient(start_gateway(VISIBILITY_TIMEOUT_SECONDS="0"))
    with page.stream() as stream:
        body = {"BatchItem": {id_: {"Endpoint": {}, "Events": EVENTS} for id_ in ("phone", HALF)}}
        put(page, "texts", json.dumps(body).replace(str(10**4000), "9" * 5000))
        deep = f'{{"EventType": "deep", "Junk": {"[" * 900}{"]" * 900}}}'
        batch = f'{{"Endpoint": {{}}, "Events": {{"1": {deep}}}}}'
        put(page, "deep", f'{{"BatchItem": {{"d": {batch}}}}}')
        assert stream.row("deep")["type"] == "deep"
    check_all(page)
    page.gateway.end()
    page = LiveClient(start_gateway())

    check_all(page)


def test_messages_are_shown_whatever_is_in_them(start_gateway: StartGateway) -> None:
    page = LiveClient(start_gateway())
    page.post("chaos", {"queue": "none", "destination": "reject"})
    batch = {HALF: {"Endpoint": {}, "Events": EVENTS}, "phone": {"Endpoint": {}, "Events": EVENTS}}
    for application in (HALF, "queue", 5, {"a": HALF}):
        message = {"ApplicationId": application, "EventsRequest": {"BatchItem": batch}}
        assert page.send_message(json.dumps(message), ArrivalTimestamp="soon") == 200
    page.send_message("[" * 5000, RequestId="\0", ArrivalTimestamp="٣")

    page.get("events", limit=500)
    page.gateway.end()
    page = LiveClient(start_gateway())
    page.post("chaos", {"queue": "fail"})
    for row in page.get("events", limit=500)["events"]:
        # One that was in hand at the start has been dealt with meanwhile.
        assert page.ask("GET", f"/live/events/{row['seq']}")[0] in (200, 404)
    page.get("summary")
    page.post("chaos", {"queue": "none"})  # lets what waits go

    assert not [line for line in page.gateway.lines if "cannot be written" in line]
