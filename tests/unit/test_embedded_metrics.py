"""One line a request is a log line and holds its metrics, as CloudWatch's EMF wants them.

The rules are those of "Specification: Embedded metric format" of CloudWatch's user guide.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from logging import INFO, WARNING, StreamHandler
from typing import Any

import pytest

from putevents.observability import Meter, Metric, logger
from tests.unit.doors import Doors, FakeDestination, FakeQueue, sqs_record

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
BODY = {"BatchItem": {"phone": {"Endpoint": {}, "Events": {"1": EVENT, "2": EVENT, "bad": {}}}}}
UNITS = {"Count", "Milliseconds", "Seconds"}


@pytest.fixture(name="log")
def _log() -> Iterator[StringIO]:
    [handler] = [h for h in logger.handlers if isinstance(h, StreamHandler)]
    log = StringIO()
    stdout = handler.setStream(log)
    yield log
    handler.setStream(stdout)


def metrics_of(line: dict[str, Any]) -> dict[str, tuple[float, str]]:
    """The values and units that CloudWatch takes from a line; fails where it breaks a rule."""
    assert set(line["_aws"]) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(line["_aws"]["Timestamp"], int)
    assert len(str(line["_aws"]["Timestamp"])) == 13
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
    assert 0 < len(directive["Namespace"]) < 256
    for names in directive["Dimensions"]:
        assert 0 < len(names) <= 30
        assert all(isinstance(line[name], str) for name in names)
    found = {}
    for metric in directive["Metrics"]:
        assert set(metric) == {"Name", "Unit"}
        assert metric["Unit"] in UNITS
        [value] = line[metric["Name"]]  # a list of at most 100 numbers, or a number
        assert isinstance(value, float)
        found[metric["Name"]] = (value, metric["Unit"])
    assert len(found) <= 100
    return found


@pytest.mark.parametrize("door", ["put_events", "queue_message"])
def test_a_request_is_one_line_with_its_metrics(log: StringIO, door: str, capsys: Any) -> None:
    doors = Doors(FakeDestination(), FakeQueue())
    if door == "put_events":
        doors.put_events(BODY)
    else:
        doors.stay(sqs_record({"ApplicationId": "my-app", "EventsRequest": BODY}))
    rejected, line = map(json.loads, log.getvalue().splitlines())
    assert capsys.readouterr().out == ""  # nothing is printed beside it
    assert (rejected["message"], "_aws" in rejected) == ("rejected", False)
    metrics = metrics_of(line)
    latency, unit = metrics.pop("DeliveryLatency")
    assert (latency > 0, unit) == (True, "Milliseconds")
    assert latency == round(latency, 2)  # CloudWatch bills each digit of the line
    assert metrics == {
        "EventsAccepted": (2.0, "Count"),
        "EventsRejected": (1.0, "Count"),
        "EventsQueued": (0.0, "Count"),
        "DeliveryFailures": (0.0, "Count"),
    }
    [names] = line["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    assert {name: line[name] for name in names} == {
        "application": "my-app", "service": "putevents-gateway",
    }  # fmt: skip
    told = {name: line[name] for name in ("message", "level", "application_id", "accepted")}
    expected = {"message": door, "level": "INFO", "application_id": "my-app", "accepted": 2}
    assert told == expected


def test_one_request_leaves_nothing_to_the_metrics_of_the_next(log: StringIO) -> None:
    meter = Meter()
    meter.log("first", "a", {Metric.EVENTS_ACCEPTED: 1, Metric.EVENTS_QUEUED: 1})
    meter.log("second", "b", {Metric.EVENTS_ACCEPTED: 2})
    lines = list(map(json.loads, log.getvalue().splitlines()))
    assert metrics_of(lines[1]) == {"EventsAccepted": (2.0, "Count")}
    assert [line["application"] for line in lines] == ["a", "b"]


def test_metrics_do_not_depend_on_the_level_of_the_log(log: StringIO, capsys: Any) -> None:
    logger.setLevel(WARNING)
    try:
        Meter().log("request", "a", {Metric.EVENTS_ACCEPTED: 1})
    finally:
        logger.setLevel(INFO)
    assert log.getvalue() == ""
    assert metrics_of(json.loads(capsys.readouterr().out)) == {"EventsAccepted": (1.0, "Count")}


def test_a_line_holds_the_metrics_that_powertools_would_print(log: StringIO, capsys: Any) -> None:
    counts: dict[Metric, float] = {metric: number + 0.5 for number, metric in enumerate(Metric)}
    Meter().log("request", "a", counts)
    Meter().emit("a", counts)

    line, printed = json.loads(log.getvalue()), json.loads(capsys.readouterr().out)
    for each in (line, printed):
        del each["_aws"]["Timestamp"]
    assert {name: line[name] for name in printed} == printed


def test_a_line_with_half_a_surrogate_pair_is_written_too(log: StringIO) -> None:
    logger.info("rejected", example="\ud83c", error=ValueError("odd"))

    line = json.loads(log.getvalue())
    assert (line["message"], line["example"], line["error"]) == ("rejected", "\ud83c", "odd")


@pytest.mark.parametrize("message", ["5", "smørrebrød"])
def test_a_message_is_a_text_in_utc(log: StringIO, message: str) -> None:
    logger.info(message)

    line = json.loads(log.getvalue())
    assert line["message"] == message
    assert line["timestamp"].endswith("+00:00")


def test_a_line_with_metrics_is_what_the_logger_writes(
    log: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = "1-6743f5a0-000000000000000000000001"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={trace};Parent=53995c3f42cd8ad8;Sampled=1")
    fields: dict[str, Any] = {"request_id": "\u00f8 \U0001f370", "undelivered": ["\ud83c"]}
    Meter().log("request", "my-app", {Metric.EVENTS_ACCEPTED: 1}, **fields)
    line = json.loads(log.getvalue())
    logger.info(
        "request",
        application_id="my-app",
        application="my-app",
        **fields,
        EventsAccepted=[1.0],
        _aws=line["_aws"],
    )

    plain = json.loads(log.getvalue().splitlines()[1])
    assert list(line) == list(plain)
    assert line["xray_trace_id"] == trace
    assert line["location"].partition(":")[0] == "log"
    assert line["_aws"]["Timestamp"] == round(moment_of(line) * 1000)
    for each in (line, plain):
        del each["timestamp"], each["location"]
    assert line == plain


def moment_of(line: dict[str, Any]) -> float:
    """The Unix time of a line."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def test_a_line_that_cannot_be_written_fails_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    class Full(StringIO):
        def write(self, text: str) -> int:
            raise OSError("No space left on device")

    [handler] = [h for h in logger.handlers if isinstance(h, StreamHandler)]
    stdout = handler.setStream(Full())
    try:
        Meter().log("request", "my-app", {Metric.EVENTS_ACCEPTED: 1})
        logger.info("as the logger does it")
    finally:
        handler.setStream(stdout)

    assert capsys.readouterr().err.count("OSError: No space left on device") == 2
