"""Checks of what stands around the gateway: streams, metrics, alarms, the functions."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from commands.verify.endings import CheckFailedError, NotRunError
from commands.verify.subject import Subject
from commands.verify.waiting import wait_for

# As putevents.observability writes them.
NAMESPACE, METRIC = "PutEventsGateway", "EventsAccepted"
METRIC_SECONDS = 300
LOG_HOURS = 3
_INIT = re.compile(r'(?:Init Duration: |"initDurationMs": ?)([0-9.]+)')


def streams(subject: Subject) -> str:
    """Every delivery stream that the stack made can take events."""
    subject.require_lake()
    states = {s["DeliveryStreamName"]: s["DeliveryStreamStatus"] for s in subject.streams}
    if bad := {name: state for name, state in states.items() if state != "ACTIVE"}:
        raise CheckFailedError(f"{bad}")
    return f"{len(states)} streams are ACTIVE"


def metrics(subject: Subject) -> str:
    """CloudWatch has made a metric of the function's log line."""
    waits = METRIC_SECONDS if subject.wait_seconds is None else subject.wait_seconds
    count = wait_for("the metric", waits, lambda: _accepted(subject))
    if not count:
        raise CheckFailedError(
            f"{NAMESPACE} has no {METRIC} of {subject.application_id} since the event was sent"
        )
    return f"{METRIC} since the event was sent: {count:g}"


def alarms(subject: Subject) -> str:
    """The alarms are there, and none rings."""
    found = _alarms(subject)
    if ringing := [a["AlarmName"] for a in found if a["StateValue"] == "ALARM"]:
        raise CheckFailedError(f"in alarm: {', '.join(ringing)}")
    return f"{len(found)} alarms, none rings"


def alarm_mail(subject: Subject) -> str:
    """Somebody has confirmed that alarms are to be sent to them."""
    topics = {topic for alarm in _alarms(subject) for topic in alarm.get("AlarmActions", [])}
    if not topics:
        raise NotRunError("nobody is notified of alarms: set alarmEmail")
    sns = subject.aws("sns")
    for topic in topics:
        listed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        if not [s for s in listed if s["SubscriptionArn"].startswith("arn:")]:
            raise CheckFailedError("nobody has confirmed: look for AWS's e-mail with the link")
    return "somebody has confirmed; the checklist says how to ring"


def cold_start(subject: Subject) -> str:
    """How long the function took to start, by Lambda's lines in its log."""
    config = subject.functions[0]
    if config["LoggingConfig"].get("SystemLogLevel") == "WARN":
        raise NotRunError(
            "Lambda logs cold starts only with platformLogLevel=INFO, and the function has WARN"
        )
    since = datetime.now(UTC) - timedelta(hours=LOG_HOURS)
    pages = (
        subject.aws("logs")
        .get_paginator("filter_log_events")
        .paginate(
            logGroupName=config["LoggingConfig"]["LogGroup"],
            startTime=int(since.timestamp() * 1000),
            filterPattern='?"Init Duration" ?initDurationMs',
        )
    )
    lines = [event["message"] for page in pages for event in page["events"]]
    starts = [float(found[1]) for line in lines if (found := _INIT.search(line))]
    if not starts:
        raise NotRunError(f"the log shows no cold start in the last {LOG_HOURS} hours")
    return f"{len(starts)} in {LOG_HOURS} hours, the slowest {max(starts):g} ms"


def snap_start(subject: Subject) -> str:
    """Lambda has made the snapshot that the function starts from."""
    config = subject.functions[0]
    if config.get("SnapStart", {}).get("ApplyOn", "None") == "None":
        raise NotRunError("the function was deployed without SnapStart")
    versions = subject.aws("lambda").list_versions_by_function(FunctionName=config["FunctionName"])
    state = versions["Versions"][-1].get("SnapStart", {}).get("OptimizationStatus", "Off")
    if state != "On":
        raise CheckFailedError(f"SnapStart of the latest version is {state}")
    return "On"


def _accepted(subject: Subject) -> float:
    answer = subject.aws("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=METRIC,
        Dimensions=[
            {"Name": "application", "Value": subject.application_id},
            {"Name": "service", "Value": subject.stack},
        ],
        StartTime=subject.started - timedelta(minutes=1),  # CloudWatch counts by whole minutes
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in answer["Datapoints"]))


def _alarms(subject: Subject) -> list[dict[str, Any]]:
    names = subject.resources.get("AWS::CloudWatch::Alarm", [])
    found = [
        alarm
        for first in range(0, len(names), 100)
        for alarm in subject.aws("cloudwatch").describe_alarms(
            AlarmNames=names[first : first + 100], MaxRecords=100
        )["MetricAlarms"]
    ]
    if len(found) != len(names) or not names:
        raise CheckFailedError(f"{len(found)} of {len(names)} alarms are there")
    return found
