"""Functions killed with -9 before, between and after each of their outside calls lose nothing."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.faults.books import Book
from tests.faults.ledger import Balance
from tests.faults.slaughter import Slaughter, slaughter

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}
Start = Callable[[], Slaughter]


@pytest.fixture(name="functions")
def _functions(tmp_path: Path) -> Iterator[Slaughter]:
    with slaughter(tmp_path) as functions:
        yield functions


def request(name: str) -> Any:
    """One event that will be accepted, one that fails, one that is refused, one that is bad."""
    events = {f"{kind}-{name}": EVENT for kind in ("good", "failing", "refused")}
    return {"BatchItem": {name: {"Endpoint": {"OptOut": "NONE"}, "Events": {**events, "bad": {}}}}}


def test_an_api_function_that_is_killed_at_any_moment_loses_nothing(
    functions: Slaughter, book: Book
) -> None:
    for moment in count():
        name = str(moment)
        functions.codes = {f"failing-{name}": 500, f"refused-{name}": 400}
        if functions.put(request(name), death=moment):
            break
        assert functions.put(request(name))  # the client has heard nothing and sends again
    assert moment == 4  # before and after the destination's call, and the queue's
    balance = functions.drain()
    book("API function killed at each of 4 moments", balance)
    # Each death but the first came after the good event was stored.
    expected = Balance(
        sent=20, stored=10, rejected=10, waiting=0, kept=0, lost=0, twice=4, again=0, refused=0
    )
    assert balance == expected


def test_a_queue_function_that_is_killed_at_any_moment_loses_nothing(
    functions: Slaughter, book: Book
) -> None:
    for moment in count():
        name = str(moment)
        functions.codes = {f"failing-{name}": 500, f"refused-{name}": 400}
        functions.produce("my-app", request(name))
        functions.produce("other-app", request(name))
        functions.produce(
            "other-app", {"BatchItem": {"x": {"Endpoint": {}, "Events": {name: EVENT}}}}
        )
        functions.produce("unknown", request(name))
        functions.down = {"other-app"}
        lived = functions.work(death=moment)
        assert functions.balance().lost == 0
        functions.codes = {}
        functions.drain()
        if lived:
            break
    # A delivery, one in vain and its halves, what is refused of two messages, their rests in one
    # batch, a dead letter, the count of what is hidden, and what is put off: two moments each.
    assert moment == 20
    balance = functions.balance()
    book("queue function killed at each of 20 moments", balance)
    assert balance.lost == balance.again == balance.refused == 0
    assert balance.stored + balance.waiting == balance.sent == 21 * 13
    # What was accepted comes again; once they are queued, so does all that both rests hold.
    assert balance.twice == 12 + 7 * 5
