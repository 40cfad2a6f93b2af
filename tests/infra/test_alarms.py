"""When the alarms ring: once an outage, at new dead letters, and never for being quiet."""

import json
import re
from fnmatch import fnmatchcase
from random import Random
from typing import Any

import pytest

from infra.settings.alarm_settings import MAX_QUIET_HOURS
from putevents.queue.retry import GIVE_UP_SECONDS, MAX_WAIT_SECONDS, RetryQueue
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment
from tests.unit.doors import settings

HOUR = 3600
CHANCE = Random(2026)  # noqa: S311 # it must come again


@pytest.fixture(name="alarm", params=[0, 1])
def _alarm(request: pytest.FixtureRequest, default: Deployment) -> Any:
    """Each alarm on what is held."""
    alarms = [a for a in default.all("CloudWatch::Alarm") if a.get("MetricName") == "LongestWait"]
    return alarms[request.param]


def looks(arrived: list[float], end: float) -> dict[float, float]:
    """When the queue door looked at an event that still had to wait, and how old it was."""
    queue, found = RetryQueue(settings()), {}
    for came in arrived:
        now, attempt = came, 1
        while (now := now + queue.wait(attempt)) < min(end, came + GIVE_UP_SECONDS):
            found[now] = now - came
            attempt += 1
    return found


def changes(alarm: Any, waits: dict[float, float], until: float) -> list[tuple[float, bool]]:
    """When CloudWatch changed the alarm's state, and whether to ALARM: M of N periods breach."""
    period, periods = alarm["Period"], alarm["EvaluationPeriods"]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["Statistic"] == "Maximum"
    breaching = {when // period for when, age in waits.items() if age >= alarm["Threshold"]}
    found, state = [], False
    for now in range(periods, int(until // period) + periods):
        count = len(breaching & set(range(now - periods + 1, now + 1)))
        if (count >= alarm["DatapointsToAlarm"]) != state:
            state = not state
            found.append((now * period, state))
    return found


@pytest.mark.parametrize("hours", [1, 12, 72])
@pytest.mark.parametrize("every_hours", [0.01, 1, 100])
def test_an_outage_is_one_alarm(alarm: Any, hours: int, every_hours: float) -> None:
    end = 6 * HOUR + hours * HOUR
    arrived = [
        6 * HOUR + number * every_hours * HOUR + CHANCE.uniform(0, 60)
        for number in range(min(200, 1 + int(hours / every_hours)))
    ]
    (began, is_alarm), (ended, is_still) = changes(alarm, looks(arrived, end), end + 6 * HOUR)
    assert (is_alarm, is_still) == (True, False)
    assert began <= 6 * HOUR + 45 * 60
    assert end - MAX_WAIT_SECONDS <= ended <= end + alarm["EvaluationPeriods"] * alarm["Period"]


def test_an_alarm_lasts_from_one_look_to_the_next(alarm: Any) -> None:
    assert alarm["EvaluationPeriods"] * alarm["Period"] > MAX_WAIT_SECONDS + 360
    assert alarm["EvaluationPeriods"] * alarm["Period"] <= 24 * HOUR  # CloudWatch's limit


def test_each_application_has_an_alarm(deploy: Deploy) -> None:
    alarms = deploy(applicationIds="a,b").all("CloudWatch::Alarm")
    held = [a for a in alarms if a.get("MetricName") == "LongestWait"]
    assert sorted(len(alarm["Dimensions"]) for alarm in held) == [1, 2, 2]


def named(deployment: Deployment, metric: str) -> Any:
    """The only alarm on a metric."""
    [alarm] = [a for a in deployment.all("CloudWatch::Alarm") if a.get("MetricName") == metric]
    return alarm


def test_nothing_rings_while_nothing_happens(default: Deployment) -> None:
    alarms = default.all("CloudWatch::Alarm")

    assert {alarm["TreatMissingData"] for alarm in alarms} == {"notBreaching"}
    # A metric that is there and nought is well too.
    assert min(alarm["Threshold"] for alarm in alarms) > 0
    operators = {alarm["ComparisonOperator"] for alarm in alarms}
    assert operators == {"GreaterThanOrEqualToThreshold"}


def test_silence_is_an_alarm_where_it_is_asked_for(deploy: Deploy) -> None:
    alarms = deploy(applicationIds="a,b", quietAlarmHours=6).all("CloudWatch::Alarm")

    quiet = [a for a in alarms if a.get("MetricName") == "EventsAccepted"]
    assert [a["Dimensions"][0] for a in quiet] == [
        {"Name": "application", "Value": "a"},
        {"Name": "application", "Value": "b"},
    ]
    for alarm in quiet:
        assert alarm["TreatMissingData"] == "breaching"
        assert alarm["Statistic"] == "Sum"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
        assert alarm["Period"] == HOUR
        assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == 6
    # CloudWatch's limit for periods of an hour; 24 hours for shorter ones.
    assert MAX_QUIET_HOURS * HOUR <= 7 * 24 * HOUR


def test_more_dead_letters_ring_again(default: Deployment) -> None:
    alarm = named(default, "NumberOfMessagesSent")
    there = named(default, "ApproximateNumberOfMessagesVisible")

    # Both are about the dead letters; the first is over an hour after the last one came.
    assert alarm["Dimensions"] == there["Dimensions"]
    assert alarm["EvaluationPeriods"] * alarm["Period"] == HOUR
    assert alarm["DatapointsToAlarm"] == alarm["Threshold"] == 1


def test_a_dead_letter_rings_again_before_sqs_deletes_it(default: Deployment) -> None:
    dead = named(default, "NumberOfMessagesSent")["Dimensions"]
    [alarm] = [
        a
        for a in default.all("CloudWatch::Alarm")
        if a.get("MetricName") == "ApproximateAgeOfOldestMessage" and a["Dimensions"] == dead
    ]
    [queue] = [q for q in default.all("SQS::Queue") if "RedrivePolicy" not in q]

    # What SQS moves is counted from that moment, and deleted by the day on which it was sent.
    longest_before = GIVE_UP_SECONDS + MAX_WAIT_SECONDS
    assert alarm["Threshold"] + longest_before < queue["MessageRetentionPeriod"] - 48 * HOUR
    assert alarm["Threshold"] > 24 * HOUR


class TestTurnedAway:
    """Requests with events that are answered 403 or 404."""

    @pytest.fixture(name="alarm")
    def _alarm(self, default: Deployment) -> Any:
        [alarm] = [a for a in default.all("CloudWatch::Alarm") if "Metrics" in a]
        return alarm

    def test_it_is_computed_of_the_filter_and_of_all_requests(
        self, default: Deployment, alarm: Any
    ) -> None:
        metrics = {m["Id"]: m for m in alarm["Metrics"]}
        [transformation] = default.one("Logs::MetricFilter")["MetricTransformations"]

        counted = metrics["turned_away"]["MetricStat"]
        assert counted["Metric"]["MetricName"] == transformation["MetricName"]
        assert counted["Metric"]["Namespace"] == transformation["MetricNamespace"]
        assert metrics["requests"]["MetricStat"]["Metric"]["MetricName"] == "Count"
        for name in ("turned_away", "requests"):
            assert metrics[name]["MetricStat"]["Period"] == HOUR
            assert metrics[name]["MetricStat"]["Stat"] == "Sum"

    @pytest.mark.parametrize(
        ("turned_away", "requests", "rings"),
        [(1, 1, False), (9, 9, False), (10, 10, True), (50, 1000, True), (49, 1000, False)],
    )
    def test_a_few_are_no_alarm_and_a_twentieth_is(
        self, alarm: Any, turned_away: int, requests: int, rings: bool
    ) -> None:
        [expression] = [m["Expression"] for m in alarm["Metrics"] if "Expression" in m]
        python = re.sub(r"IF\((.*), (.*), (.*)\)", r"(\2) if (\1) else (\3)", expression)

        percent = eval(python, {"turned_away": turned_away, "requests": requests})  # noqa: S307

        assert (percent >= alarm["Threshold"]) == rings

    @pytest.mark.parametrize(
        ("line", "counts"),
        [
            ({"status": "403", "method": "POST"}, True),
            ({"status": "404", "method": "PUT"}, True),
            ({"status": "202", "method": "POST"}, False),
            ({"status": "400", "method": "POST"}, False),
            ({"status": "404", "method": "GET"}, False),
            ({"status": "404", "method": "POST", "route": "/{proxy+}"}, False),
        ],
    )
    def test_the_filter_counts_apps_that_are_turned_away(
        self, default: Deployment, line: dict[str, str], counts: bool
    ) -> None:
        access_log = json.loads(default.one("ApiGateway::Stage")["AccessLogSetting"]["Format"])
        route = {"route": "/v1/apps/{application-id}/events"}
        assert line.keys() | route.keys() <= access_log.keys()

        assert matches(default.one("Logs::MetricFilter")["FilterPattern"], route | line) == counts


def matches(pattern: str, line: dict[str, str]) -> bool:
    """What CloudWatch Logs does with a pattern of texts, `&&` and `||`."""

    def compare(found: re.Match[str]) -> str:
        return str(fnmatchcase(line[found[1]], found[2]))

    compared = re.sub(r'\$\.(\w+) = "([^"]*)"', compare, pattern.strip("{ }"))
    python = compared.replace("&&", "and").replace("||", "or")
    assert re.fullmatch(r"[() ]*((True|False|and|or)[() ]*)+", python)
    return bool(eval(python))  # noqa: S307
