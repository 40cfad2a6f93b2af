"""Outages of days, in a simulation at a fiftieth of the size; `make outages` has them whole."""

import logging
from collections.abc import Iterator
from random import Random

import pytest

from putevents.observability import logger
from tests.faults.outage import HOUR, Outage, Row, before, simulate, today

SCALE = 0.02
CHANCE = Random(1)  # noqa: S311 # waits need no secret


@pytest.fixture(name="quiet", autouse=True)
def _quiet() -> Iterator[None]:
    """The breakers log nothing."""
    level = logger.log_level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


def outage(hours: float, messages: int, **others: float) -> Row:
    return simulate(Outage(hours, int(messages * SCALE), scale=SCALE, **others), today())


@pytest.mark.parametrize("hours", [24, 72, 95])
def test_an_outage_of_up_to_four_days_leaves_no_dead_letter(hours: float) -> None:
    row = outage(hours, 100_000)
    assert row.dead == 0
    assert row.drained_p99 < 2.5 * HOUR


def test_after_four_days_messages_are_dead_letters() -> None:
    row = outage(120, 50_000)
    assert row.dead == 1000
    assert 96 <= row.dead_after_hours < 99


@pytest.mark.parametrize("call_seconds", [0.1, 12])
def test_a_healthy_application_waits_less_than_30_seconds_beside_150_000_messages(
    call_seconds: float,
) -> None:
    assert outage(24, 150_000, failing_call_seconds=call_seconds).healthy_max < 30


def test_it_is_the_limit_of_sqs_that_made_it_wait() -> None:
    row = simulate(Outage(6, int(150_000 * SCALE), scale=SCALE), before(CHANCE))
    assert row.healthy_max > 300


def test_four_days_take_less_than_twice_the_invocations_of_one_before() -> None:
    former = simulate(Outage(24, int(100_000 * SCALE), scale=SCALE), before(CHANCE))
    assert former.dead > 0
    assert outage(95, 100_000).invocations_per_message < 2 * former.invocations_per_message
