"""An outage is one alarm, also for an application of which an event comes now and then."""

from random import Random
from typing import Any

import pytest

from putevents.queue.retry import GIVE_UP_SECONDS, MAX_WAIT_SECONDS, RetryQueue
from tests.infra.conftest import Deploy
from tests.infra.synthesis import Deployment
from tests.unit.doors import settings

HOUR = 3600
CHANCE = Random(2026)  # noqa: S311 # it must come again


@pytest.fixture(name="alarm", params=[0, 1])
def _alarm(request: pytest.FixtureRequest, default: Deployment) -> Any:
    """Each alarm on what is held."""
    alarms = [a for a in default.all("CloudWatch::Alarm") if a["MetricName"] == "LongestWait"]
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
    held = [a for a in alarms if a["MetricName"] == "LongestWait"]
    assert sorted(len(alarm["Dimensions"]) for alarm in held) == [1, 2, 2]
