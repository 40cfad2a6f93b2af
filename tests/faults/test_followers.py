"""Two destinations of which one fails: both books balance, and no outage repeats an event."""

import os
from collections.abc import Iterable, Iterator
from itertools import cycle
from typing import Any

import pytest

from tests.faults import edges
from tests.faults.books import Book
from tests.faults.edges import DESTINATION, QUEUE
from tests.faults.followed_lab import HOMES, running_followed_lab
from tests.faults.lab import Lab
from tests.faults.test_edges import DONE_BUT_NOT_SAID, request


def pairs(faults: Iterable[str]) -> list[tuple[str, str]]:
    """Each home with each fault; in a quick run each fault with one of the homes."""
    homes = cycle(HOMES)
    if os.environ.get("FAULT_TABLE"):
        return [(home, fault) for home in HOMES for fault in faults]
    return [(next(homes), fault) for fault in faults]


@pytest.fixture(name="pair")
def _pair(home: str) -> Iterator[Lab]:
    with running_followed_lab(home) as lab:
        yield lab


def send(lab: Lab) -> None:
    """Over HTTP and by messages; a few events break a rule."""
    lab.put("my-app", request("x", 30, bad=2))
    lab.put("my-app", request("y", 30))
    for number in range(3):
        lab.produce("my-app", request(f"m{number}", 8, bad=1))
    lab.work()


def check(lab: Lab, book: Book, kind: str) -> tuple[Any, Any]:
    """Recover; the books of both destinations."""
    names = lab.settings.destination
    before = lab.balances()
    lab.recover()
    after = lab.balances()
    for name, balance in zip(names, after, strict=True):
        book(f"`{','.join(names)}`, {kind}: {name}", balance)
    for balance in (*before, *after):
        assert balance.lost == 0
    for balance in after:
        assert balance.kept == balance.again == 0
        assert balance.stored + balance.rejected + balance.waiting == balance.sent
    home, follower = after
    return home, follower


@pytest.mark.parametrize(("home", "fault"), pairs(DESTINATION))
def test_whatever_a_follower_does_home_has_each_event_once(
    pair: Lab, fault: str, book: Book
) -> None:
    pair.world.follower = DESTINATION[fault]
    send(pair)
    home, follower = check(pair, book, "the follower fails")
    assert home.twice == 0
    assert home.stored == home.sent - home.rejected - 6
    assert (follower.twice > 0) == (fault in DONE_BUT_NOT_SAID)
    # What the follower rejected is its dead letter, beside the six that broke a rule.
    assert (follower.waiting > 6) == (fault == "400 for some")


@pytest.mark.parametrize(("home", "fault"), pairs(DESTINATION))
def test_whatever_home_does_the_follower_has_each_event_once(
    pair: Lab, fault: str, book: Book
) -> None:
    pair.world.destination = DESTINATION[fault]
    send(pair)
    home, follower = check(pair, book, "home fails")
    assert follower.twice == 0
    assert (home.twice > 0) == (fault in DONE_BUT_NOT_SAID)
    assert follower.refused == home.refused == 0


@pytest.mark.parametrize(("home", "fault"), pairs(QUEUE))
def test_whatever_the_queue_does_both_books_balance(pair: Lab, fault: str, book: Book) -> None:
    pair.world.follower, pair.world.queue = edges.single(500), QUEUE[fault]
    send(pair)
    check(pair, book, "the follower and the queue fail")


@pytest.mark.parametrize("home", HOMES)
def test_both_hang_and_no_function_is_ended_by_its_time(pair: Lab, book: Book) -> None:
    hanging = DESTINATION["hanging"]
    pair.world.destination = pair.world.follower = hanging
    pair.world.queue = QUEUE["hanging"]
    for seconds in range(1, 29):
        pair.put("my-app", request(str(seconds), 10), seconds)
        pair.redeploy()
    assert pair.world.ran_out == 0
    check(pair, book, "both and the queue hang")


@pytest.mark.parametrize("home", HOMES)
def test_a_redriven_dead_letter_of_a_follower_goes_to_it_alone(pair: Lab) -> None:
    pair.world.follower = edges.single(400)
    pair.put("my-app", request("x", 10))
    dead = pair.balance_of_follower().waiting
    assert dead > 0
    assert pair.balance().waiting == 0
    pair.redrive()
    pair.recover()
    home, follower = pair.balances()
    assert (home.stored, follower.stored) == (20, 20)
    assert home.twice == follower.twice == 0
