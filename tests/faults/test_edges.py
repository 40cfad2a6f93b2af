"""Each fault at each edge alone: the books balance, and what must not happen twice does not."""

import json
from typing import Any

import pytest

from tests.faults import edges
from tests.faults.books import Book
from tests.faults.edges import DESTINATION, QUEUE
from tests.faults.lab import Lab

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
# The destination has them and could not say so: these come again and are stored twice.
DONE_BUT_NOT_SAID = {"half an answer", "ids left out", "resetting when done", "hanging when done"}


def request(name: str, count: int, bad: int = 0) -> Any:
    """Events of two endpoints, the first `bad` of each without what an event must have."""
    return {
        "BatchItem": {
            f"{name}-{endpoint}": {
                "Endpoint": {"OptOut": "NONE"},
                "Events": {f"{name}-{n}": EVENT if n >= bad else {} for n in range(count)},
            }
            for endpoint in "ab"
        }
    }


@pytest.mark.parametrize("fault", DESTINATION)
def test_whatever_the_destination_does_over_http_nothing_is_lost(
    lab: Lab, fault: str, book: Book
) -> None:
    lab.world.destination = DESTINATION[fault]
    for number in range(3):
        lab.put("my-app", request(str(number), 120, bad=2))
    before = lab.balance()
    lab.recover()
    after = lab.balance()
    book(f"destination: {fault}", after)
    assert before.lost == before.kept == after.lost == after.kept == after.again == 0
    assert (before.sent, after.refused) == (720, 0)
    assert after.stored + after.rejected == 720
    assert (after.twice > 0) == (fault in DONE_BUT_NOT_SAID)


@pytest.mark.parametrize("fault", DESTINATION)
def test_whatever_the_destination_does_to_messages_nothing_is_lost(
    lab: Lab, fault: str, book: Book
) -> None:
    lab.world.destination = DESTINATION[fault]
    for number in range(10):
        lab.produce("my-app", request(str(number), 8, bad=1))
    lab.work()
    assert lab.balance().lost == 0
    lab.recover()
    balance = lab.balance()
    book(f"destination: {fault}", balance)
    assert balance.lost == balance.kept == 0
    # What is refused after it was confirmed waits with the dead letters.
    assert balance.stored + balance.waiting == balance.sent == 160
    assert (balance.waiting > 20) == (fault == "400 for some")
    assert (balance.twice > 0) == (fault in DONE_BUT_NOT_SAID)


@pytest.mark.parametrize("fault", QUEUE)
def test_whatever_the_queue_does_the_client_is_told_the_truth(
    lab: Lab, fault: str, book: Book
) -> None:
    lab.world.destination, lab.world.queue = edges.single(500), QUEUE[fault]
    lab.put("my-app", request("x", 1500, bad=1))
    balance = lab.balance()
    assert balance.lost == 0
    assert (balance.kept + balance.again > 0) == (fault != "well")
    lab.recover()
    after = lab.balance()
    book(f"queue: {fault}", after)
    assert after.lost == after.kept == after.again == after.waiting == 0
    assert (after.twice > 0) == (balance.again > 0)


@pytest.mark.parametrize("bad", [0, 1])
@pytest.mark.parametrize("fault", QUEUE)
def test_whatever_the_queue_does_to_the_queue_door_nothing_is_lost(
    lab: Lab, fault: str, bad: int, book: Book
) -> None:
    for number in range(10):
        lab.produce("my-app", request(str(number), 8, bad))
    lab.world.destination, lab.world.queue = edges.single(500), QUEUE[fault]
    lab.work()
    assert lab.balance().lost == 0
    lab.recover()
    balance = lab.balance()
    book(f"queue: {fault}", balance)
    assert balance.lost == 0
    assert balance.stored + balance.waiting == 160


def test_an_api_function_is_never_ended_by_its_time(lab: Lab, book: Book) -> None:
    lab.world.destination, lab.world.queue = DESTINATION["hanging"], QUEUE["hanging"]
    for seconds in range(1, 29):
        lab.put("my-app", request(str(seconds), 100), seconds)
        lab.redeploy()
    assert lab.world.ran_out == 0
    assert lab.balance().lost == 0
    lab.recover()
    book("1 to 28 seconds left, destination and queue hanging", lab.balance())
    assert lab.balance().stored == 5600


def test_a_queue_function_is_never_ended_by_its_time(lab: Lab, book: Book) -> None:
    for number in range(10):
        lab.produce("my-app", request(str(number), 100))
    lab.world.destination, lab.world.queue = DESTINATION["hanging"], QUEUE["hanging"]
    for _ in range(20):
        lab.work()
        lab.redeploy()
        lab.world.now += 400
    assert lab.world.ran_out == 0
    lab.recover()
    book("messages while destination and queue hang", lab.balance())
    assert lab.balance().stored == 2000


def test_two_copies_of_one_message_at_once_are_stored_twice_and_counted(
    lab: Lab, book: Book
) -> None:
    for _ in range(2):
        lab.produce("my-app", request("x", 5))
    lab.recover()
    balance = lab.balance()
    book("two copies of one message at once", balance)
    assert (balance.sent, balance.stored, balance.twice) == (10, 10, 10)


def test_a_poison_message_ends_alone_with_the_dead_letters(lab: Lab, book: Book) -> None:
    lab.produce_text("no JSON")
    lab.produce("my-app", request("x", 5))
    lab.work()
    assert lab.balance().stored == 10
    assert lab.queues.counts("queue") == (0, 0, 0)
    [dead] = lab.queues.receive("dead-letters", 10)
    assert dead.attributes["Reason"]["StringValue"] == "The body is not valid JSON."
    book("a poison message beside a good one", lab.balance())


@pytest.mark.parametrize("years", [-30, 73])
def test_a_clients_clock_may_be_wrong_by_years(lab: Lab, years: int, book: Book) -> None:
    body = json.dumps(request("x", 5)).replace("2026", str(2026 + years))
    lab.put("my-app", json.loads(body))
    book("a client's clock is wrong by decades", lab.balance())
    assert lab.balance().stored == 10


def test_our_own_clock_may_jump(lab: Lab, book: Book) -> None:
    lab.world.destination = DESTINATION["whole 500"]
    lab.put("my-app", request("x", 5))
    lab.world.now -= 86_400
    lab.put("my-app", request("y", 5))
    lab.work()
    lab.recover()
    lab.world.now += 90_000
    lab.recover()
    book("our clock jumps by a day, back and forth", lab.balance())
    assert lab.balance().stored == 20
