"""Several destinations of which one fails: each one's books balance, no outage repeats an event.

`make faults` tries every fault at each destination of each list; `make test` each fault somewhere,
and what is called an outage everywhere.
"""

import os
from collections.abc import Iterable, Iterator
from itertools import cycle

import pytest

from tests.faults.books import Book
from tests.faults.edges import DESTINATION, QUEUE
from tests.faults.followed_lab import LISTS, FollowedLab, running_followed_lab
from tests.faults.ledger import Balance
from tests.faults.part_edges import TABLE
from tests.faults.test_edges import DONE_BUT_NOT_SAID, request

IS_WHOLE = bool(os.environ.get("FAULT_TABLE"))
# Those that may say of a single event that they never will take it.
REJECTING = {"pinpoint", "bus"}
OUTAGES = ["whole 500", "429 for some", "500 for some", "hanging"]
PLACES = [(names, name) for names in LISTS for name in LISTS[names]]
FOLLOWERS = [(names, name) for names in LISTS for name in LISTS[names][1:]]
Case = tuple[str, str, str]
DOWN = {fault for fault in DESTINATION if fault.startswith("whole ")} | {
    "a page of HTML",
    "an empty object",
    "broken body",
    "no answers at all",
    "refusing connections",
    "resetting",
    "hanging",
}
SENT, BROKEN = 168, 10


def in_turn(faults: Iterable[str]) -> list[Case]:
    """Each fault at each destination of each list; in a quick run at one.

    What PutEvents servers do, test_edges.py tries.
    """
    if IS_WHOLE:
        return [(*place, fault) for place in PLACES for fault in faults]
    places = cycle(place for place in PLACES if place[1] != "pinpoint")
    return [(*next(places), fault) for fault in faults]


def everywhere(faults: Iterable[str]) -> list[Case]:
    """The same, and an outage of each even in a quick run; of three destinations all outages."""
    outages = [(*place, fault) for place, fault in zip(PLACES, cycle(OUTAGES), strict=False)]
    three = [(*place, fault) for place in PLACES[-3:] for fault in OUTAGES]
    return list(dict.fromkeys(in_turn(faults) + outages + three))


@pytest.fixture(name="lab")
def _followed_lab(names: str) -> Iterator[FollowedLab]:
    with running_followed_lab(names) as lab:
        yield lab


def send(lab: FollowedLab) -> None:
    """Over HTTP and by messages; a few events break a rule."""
    lab.put("my-app", request("x", 30, bad=2))
    lab.put("my-app", request("y", 30))
    for number in range(3):
        lab.produce("my-app", request(f"m{number}", 8, bad=1))
    lab.work()


def check(lab: FollowedLab, book: Book, kind: str) -> dict[str, Balance]:
    """Recover; the books of all destinations."""
    before = lab.balances()
    lab.recover()
    after = lab.balances()
    for name, balance in after.items():
        book(f"`{','.join(after)}`, {kind}: {name}", balance)
    for balance in (*before.values(), *after.values()):
        assert balance.lost == 0
    for balance in after.values():
        assert balance.kept == balance.again == 0
        assert balance.stored + balance.rejected + balance.waiting == balance.sent
    return after


@pytest.mark.parametrize(("names", "failing", "fault"), everywhere(DESTINATION))
def test_whatever_one_does_each_other_one_has_each_event_once(
    lab: FollowedLab, failing: str, fault: str, book: Book
) -> None:
    lab.fail(failing, fault)
    send(lab)
    others = [name for name in lab.settings.destination if name != failing]
    at_once = lab.balance_of(failing).stored
    assert at_once == 0 if fault in DOWN else at_once > 0
    if failing != lab.settings.destination[0]:  # nothing waits for a follower that is down
        assert [lab.balance_of(name).stored for name in others] == [SENT - BROKEN] * len(others)
    books = check(lab, book, f"{failing} fails")
    rejects = fault == "400 for some" and failing in REJECTING
    for name in others:  # what home rejected, nobody has; what a follower did, is its dead letter
        assert books[name].twice == books[name].refused == 0
        assert books[name].stored == books[lab.settings.destination[0]].stored
    assert (books[failing].twice > 0) == (fault in DONE_BUT_NOT_SAID)
    assert (books[failing].stored < SENT - BROKEN) == rejects


@pytest.mark.parametrize("names", ["lake,stream,bus", "lake,pinpoint"][: 2 if IS_WHOLE else 1])
@pytest.mark.parametrize("fault", TABLE)
def test_whatever_the_table_does_each_destination_has_each_event_once(
    lab: FollowedLab, fault: str, book: Book
) -> None:
    lab.fail("table", fault)
    send(lab)
    for balance in check(lab, book, "the table fails").values():
        assert (balance.stored, balance.twice, balance.refused) == (SENT - BROKEN, 0, 0)


@pytest.mark.parametrize(("names", "failing", "fault"), in_turn(QUEUE))
def test_whatever_the_queue_does_all_books_balance(
    lab: FollowedLab, failing: str, fault: str, book: Book
) -> None:
    lab.fail(failing, "500 for some")
    lab.world.queue = QUEUE[fault]
    send(lab)
    check(lab, book, "one of them and the queue fail")


@pytest.mark.parametrize("names", LISTS if IS_WHOLE else ["pinpoint,stream", "lake,stream,bus"])
def test_all_hang_and_no_function_is_ended_by_its_time(lab: FollowedLab, book: Book) -> None:
    for name in lab.settings.destination:
        lab.fail(name, "hanging")
    lab.world.queue = QUEUE["hanging"]
    for seconds in range(1, 29):
        lab.put("my-app", request(str(seconds), 10), seconds)
        lab.redeploy()
    assert lab.world.ran_out == 0
    check(lab, book, "all and the queue hang")


@pytest.mark.parametrize("names", [names for names, name in FOLLOWERS if name in REJECTING])
def test_a_redriven_dead_letter_of_a_follower_goes_to_it_alone(lab: FollowedLab) -> None:
    *others, rejecting = lab.settings.destination
    lab.fail(rejecting, "400 for some")
    lab.put("my-app", request("x", 10))
    assert lab.balance_of(rejecting).waiting > 0
    for name in others:
        assert lab.balance_of(name).waiting == 0
    lab.recover()
    lab.redrive()
    lab.recover()
    for balance in lab.balances().values():
        assert (balance.stored, balance.twice) == (20, 0)
