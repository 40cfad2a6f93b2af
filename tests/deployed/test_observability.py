"""Logs, metrics and traces of the deployed functions."""

from typing import Any

import pytest

from tests.deployed import logs
from tests.deployed.bodies import EVENT, message, request
from tests.deployed.deployed_gateway import Gateway
from tests.deployed.eventually import eventually
from tests.deployed.putevents_server import Upstream, fail
from tests.deployed.traces import TraceListener

PRIVATE = "PRIVATE-"
PRIVATE_EVENT = EVENT | {
    "EventType": PRIVATE + "type",
    "Attributes": {PRIVATE + "key": PRIVATE + "value"},
    "Session": {"Id": PRIVATE + "session", "StartTimestamp": "2026-01-02T03:04:05Z"},
}
PRIVATE_ENDPOINT = {
    "Address": PRIVATE + "address",
    "ChannelType": "EMAIL",
    "User": {"UserId": PRIVATE + "user", "UserAttributes": {"a": [PRIVATE + "b"]}},
}


def test_a_request_is_one_line_with_what_became_of_it(
    gateway: Gateway, endpoint_id: str, application_id: str
) -> None:
    events = {"a": EVENT, "b": EVENT, "bad": {}}
    gateway.put_events(request(endpoint_id, events), application_id)

    line = _wait_for(gateway, "application_id", application_id, "put_events")

    assert line["level"] == "INFO"
    assert line["service"] == gateway.deployment.stack
    assert line["application_id"] == application_id
    assert line["status"] == 202
    counts = {name: line[name] for name in ("accepted", "rejected", "queued", "failed")}
    assert counts == {"accepted": 2, "rejected": 1, "queued": 0, "failed": 0}
    assert line["duration_ms"] > 0
    assert line["request_id"]
    assert line["xray_trace_id"]


def test_a_message_is_one_line_too(gateway: Gateway, endpoint_id: str, application_id: str) -> None:
    gateway.produce(message(application_id, request(endpoint_id, {"a": EVENT})))

    line = _wait_for(gateway, "application_id", application_id, "queue_message")

    assert line["accepted"] == 1
    assert line["message_id"]


def test_events_rejected_for_one_reason_are_one_line_with_an_example(
    gateway: Gateway, endpoint_id: str, application_id: str
) -> None:
    bad = {"EventType": "a"}
    gateway.put_events(request(endpoint_id, {endpoint_id: bad, "other": bad}), application_id)

    line = _wait_for(gateway, "example", endpoint_id, "rejected")

    assert (line["reason"], line["count"]) == ("Missing Timestamp", 2)


def test_metrics_of_a_request_are_in_its_line(
    gateway: Gateway, endpoint_id: str, application_id: str
) -> None:
    events = {"a": EVENT, "b": EVENT, "bad": {}}
    gateway.put_events(request(endpoint_id, events), application_id)

    record = _wait_for(gateway, "application", application_id, "put_events")

    [declared] = record["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "PutEventsGateway"
    assert [set(names) for names in declared["Dimensions"]] == [{"service", "application"}]
    assert {metric["Name"]: metric["Unit"] for metric in declared["Metrics"]} == {
        "EventsAccepted": "Count",
        "EventsRejected": "Count",
        "EventsQueued": "Count",
        "DeliveryFailures": "Count",
        "DeliveryLatency": "Milliseconds",
    }
    assert _numbers(record["EventsAccepted"]) == [2]
    assert _numbers(record["EventsRejected"]) == [1]
    assert _numbers(record["EventsQueued"]) == [0]
    assert _numbers(record["DeliveryLatency"])[0] > 0


@pytest.mark.parametrize(("step", "events"), [("validate", 8), ("deliver", 7)])
def test_traces_show_each_step_by_application_and_size(
    gateway: Gateway,
    traces: TraceListener,
    endpoint_id: str,
    application_id: str,
    step: str,
    events: int,
) -> None:
    annotations = {"application": application_id, "events": events}
    good = {str(number): EVENT for number in range(7)}

    gateway.put_events(request(endpoint_id, good | {"bad": {}}), application_id)

    [found] = eventually(
        lambda: [part for part in traces.named(step) if part.get("annotations") == annotations]
    )
    assert found["trace_id"].startswith("1-")
    assert found["end_time"] > found["start_time"]


@pytest.mark.parametrize("well", [True, False])
def test_nothing_private_is_in_the_logs_or_traces(
    gateway: Gateway,
    traces: TraceListener,
    upstream: Upstream,
    endpoint_id: str,
    application_id: str,
    few_tries: None,
    well: bool,
) -> None:
    if not well:
        upstream.behaviour = fail(500, "InternalServerErrorException")
    bad = PRIVATE_EVENT | {"Attributes": {PRIVATE * 10: "x"}}
    body = request(endpoint_id, {"good": PRIVATE_EVENT, "bad": bad}, PRIVATE_ENDPOINT)
    headers = {"X-Api-Key": PRIVATE + "key", "User-Agent": PRIVATE + "agent"}

    gateway.put_events(body, application_id, headers=headers)
    gateway.put_events(PRIVATE.encode(), application_id, headers=headers)
    gateway.produce(message(application_id, body), PRIVATE)
    upstream.recover()
    eventually(lambda: len(upstream.accepted) == 1 and gateway.waiting() == 0)

    eventually(lambda: {"put_events", "queue_message"} <= _messages(gateway, application_id))
    written = logs.lines(gateway.deployment)
    assert [line for line in written if PRIVATE in line or gateway.key in line] == []
    assert PRIVATE not in traces.text()


def _wait_for(gateway: Gateway, name: str, value: str, message: str = "") -> dict[str, Any]:
    """The one record in which that name has that value."""

    def find() -> list[dict[str, Any]]:
        records = logs.records(gateway.deployment)
        return [r for r in records if r.get(name) == value and r.get("message", "") == message]

    [found] = eventually(find)
    return found


def _messages(gateway: Gateway, application_id: str) -> set[str]:
    """What kinds of lines there are about an application."""
    records = logs.records(gateway.deployment)
    return {r.get("message", "") for r in records if r.get("application_id") == application_id}


def _numbers(value: Any) -> list[float]:
    """The values of an embedded metric, written as a list or alone."""
    return value if isinstance(value, list) else [value]
