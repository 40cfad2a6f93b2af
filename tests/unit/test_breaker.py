"""A destination that fails is left alone for a while, each application by itself."""

import pytest

from putevents.breaker import FAILURES, Breaker


@pytest.fixture(name="now")
def _now() -> list[float]:
    """The clock: a test sets it."""
    return [1000.0]


def fail(it: Breaker, times: int = FAILURES, application_id: str = "a") -> None:
    for _ in range(times):
        it.note(application_id, answered=False)


def test_only_failures_in_a_row_count(now: list[float]) -> None:
    it = Breaker(30, lambda: now[0])
    fail(it, FAILURES - 1)
    it.note("a", answered=True)
    fail(it, FAILURES - 1)
    assert it.lets_through("a")
    fail(it, 1)
    assert not it.lets_through("a")


def test_another_application_is_none_the_worse(now: list[float]) -> None:
    it = Breaker(30, lambda: now[0])
    fail(it)
    assert it.lets_through("b")


def test_after_a_while_one_call_decides(now: list[float]) -> None:
    it = Breaker(30, lambda: now[0])
    fail(it)
    now[0] += 29
    assert not it.lets_through("a")
    now[0] += 1
    assert it.lets_through("a")
    fail(it, 1)
    assert not it.lets_through("a")
    now[0] += 30
    it.note("a", answered=True)
    fail(it, FAILURES - 1)
    assert it.lets_through("a")


def test_with_no_seconds_it_never_leaves_alone(now: list[float]) -> None:
    it = Breaker(seconds=0)
    fail(it)
    assert it.lets_through("a")


def test_it_says_so_once_when_it_begins_and_when_it_ends(
    now: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    it = Breaker(30, lambda: now[0])
    fail(it)
    it.note("a", answered=True)
    it.note("a", answered=True)
    assert [record.message for record in caplog.records] == [
        "destination is left alone",
        "destination is back",
    ]


def test_one_call_decides_while_others_wait(now: list[float]) -> None:
    it = Breaker(30, lambda: now[0])
    for _ in range(FAILURES):
        it.note("a", answered=False)
    now[0] += 30
    assert [it.lets_through("a") for _ in range(3)] == [True, False, False]
    it.note("a", answered=True)
    assert it.lets_through("a")
