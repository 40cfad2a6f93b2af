"""An event that waited is stored with the user who was signed in when it came, or with nobody.

Not with anybody else, in whatever order the endpoint's updates come from the queue.
"""

import os
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple, cast
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints import user_times
from putevents.endpoints.item import FORMER_USER, USER_ID, USER_TIMES, Item, Member
from putevents.endpoints.table import EndpointTable
from putevents.endpoints.user_times import KEPT
from putevents.time_left import TimeLeft
from putevents.wire.arrival import MAX_AGE_MS, Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START
from tests.endpoints.counted_table import items_of
from tests.endpoints.memory_table import MemoryTable

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
fresh = (f"times-{number}" for number in count())
NOBODY = ""  # signs out; None says nothing of users


class Phone:
    """An endpoint whose updates come when they come."""

    def __init__(self, table: EndpointTable, app: str, id_: str = "phone") -> None:
        self._table, self._app, self._id = table, app, id_

    def came(self, at: int, user_id: str | None) -> str | None:
        """Deliver a request that came at a moment; the user with whom its event is stored."""
        said: Any = {} if user_id is None else {"User": {"UserId": user_id}}
        arrival = Arrival(f"request-{at}", START + at)
        stored, failures = self._table.update(
            self._app,
            {self._id: PublicEndpoint.model_validate(said)},
            {self._id: arrival},
            TimeLeft(),
        )
        assert failures == []
        return stored[self._id].endpoint.get("User", {}).get("UserId")


@pytest.mark.parametrize(
    ("before", "waited", "after", "users"),
    [
        ("zoe", [None, "alice", None], "carol", ["zoe", "alice", "alice"]),
        ("zoe", ["alice", None, "bob", None], "bob", ["alice", "alice", "bob", "bob"]),
        ("zoe", ["alice", None, "bob", None], "carol", ["alice", "alice", "bob", "bob"]),
        ("zoe", ["alice", "bob", None, NOBODY, None], "carol", ["alice", "bob", "bob", None, None]),
        ("zoe", [None, "zoe", None, NOBODY, None], "zoe", ["zoe", "zoe", "zoe", None, None]),
        (None, [None, "alice", None], "carol", [None, "alice", "alice"]),
        (NOBODY, [None, "alice", None], "alice", [None, "alice", "alice"]),
        ("zoe", [None, None], "zoe", ["zoe", "zoe"]),
    ],
)
def test_events_of_an_outage_have_the_user_of_their_moment(
    either: EndpointTable,
    app: str,
    before: str | None,
    waited: list[str | None],
    after: str,
    users: list[str | None],
) -> None:
    phone = Phone(either, app)
    phone.came(0, before)
    assert phone.came(90, after) == after  # home is back: what waited comes from the queue
    assert [phone.came(10 * n, said) for n, said in enumerate(waited, 1)] == users
    assert phone.came(100, None) == after


def test_of_a_moment_before_the_last_users_nobody_is_known(either: EndpointTable, app: str) -> None:
    phone = Phone(either, app)
    for number in range(KEPT + 1):
        phone.came(10 * number, f"user {number}")
    assert phone.came(5, None) is None
    assert phone.came(15, None) is None
    last = [phone.came(10 * number + 5, None) for number in range(2, KEPT + 1)]
    assert last == ["user 2", "user 3", "user 4", "user 5", "user 6"]  # docs/lake.md: the last five


class Between(MemoryTable):
    """A table that another request writes to between a read and a write."""

    other: Callable[[], object] | None = None

    def update_item(self, **call: Any) -> Any:
        """Let the other request be first, once."""
        other, self.other = self.other, None
        if other and "endpoint_id" in call["Key"]:
            other()
        return super().update_item(**call)


@pytest.mark.parametrize(
    ("first", "second"), [((20, "alice"), (90, "carol")), ((90, "carol"), (20, "alice"))]
)
def test_sign_ins_that_are_stored_at_once_have_both_their_times(
    first: tuple[int, str], second: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    table = Between()
    phone = Phone(EndpointTable(items_of(table)), "app")
    phone.came(0, "zoe")
    phone.came(50, "zoe")
    for name in ("alice", "carol"):  # their items are there: only the phone is written
        Phone(EndpointTable(items_of(table)), "app", name).came(1, name)
    table.other = lambda: phone.came(*first)
    phone.came(*second)
    assert table.other is None
    assert phone.came(55, None) == "zoe"
    assert phone.came(95, None) == "carol"
    assert phone.came(10, None) == "zoe"
    assert phone.came(30, None) is None  # zoe was named again, at 50 or before


def test_the_first_two_sign_ins_at_once_have_both_their_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    table = Between()
    phone = Phone(EndpointTable(items_of(table)), "app")
    for name in ("alice", "carol"):
        Phone(EndpointTable(items_of(table)), "app", name).came(1, name)
    table.other = lambda: phone.came(20, "alice")
    phone.came(90, "carol")
    assert [phone.came(at, None) for at in (10, 30, 95)] == [None, "alice", "carol"]


def test_nothing_of_a_former_user_who_is_forgotten_is_known(
    either: EndpointTable, app: str
) -> None:
    phone = Phone(either, app)
    for at, user_id in enumerate(["zoe", "alice", "bob", "carol"]):
        phone.came(10 * at, user_id)
    either.forget(app, ["phone"], "alice")
    assert [phone.came(10 * at + 5, None) for at in range(4)] == ["zoe", None, "bob", "carol"]
    either.forget(app, ["phone"], "nobody of these")
    assert phone.came(25, None) == "bob"


def test_the_times_of_users_are_shown_to_nobody(either: EndpointTable, app: str) -> None:
    phone = Phone(either, app)
    phone.came(0, "zoe")
    phone.came(10, "alice")
    [shown] = either.get(app, ["phone"])
    assert not [name for name, value in shown.items() if "zoe" in str(value)]


def test_times_are_kept_only_while_what_waits_can_be_of_another_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    items = items_of(MemoryTable())
    phone = Phone(EndpointTable(items), "app")

    def kept(at: int, user_id: str | None) -> Any:
        phone.came(at, user_id)
        return items.read("app", ["phone"])["phone"].value(USER_TIMES)

    for at in range(0, 30, 10):  # an endpoint that stays with its user is no byte larger
        assert kept(at, "zoe") is None
        assert kept(at + 5, None) is None
    assert len(kept(30, "alice")) == 2
    assert len(kept(40, "alice")) == 2
    assert len(kept(31 + MAX_AGE_MS, "alice")) == 0
    assert phone.came(30, None) == "alice"
    assert [len(text) for text in kept(50 + MAX_AGE_MS, "bob")] == [
        14 + len("  alice"),
        14 + len("  bob"),
    ]


def test_of_what_an_earlier_version_stored_only_the_present_user_is_certain() -> None:
    members = {USER_ID: Member("zoe", "5"), FORMER_USER: Member("alice", "3")}
    item = Item(members, latest="9", revision=1)
    assert [item.as_of(stamp, {}).user_id for stamp in "2468"] == ["", "zoe", "zoe", "zoe"]
    assert item.user_at("2") == "alice"  # whose attributes they are
    for user_id, at in (("bob", "7"), ("carol", "4")):
        item = item.after({USER_ID: Member("bob", "7")} | item.naming(user_id, at, 0), 0)
    assert [item.as_of(stamp, {}).user_id for stamp in "2468"] == ["", "", "zoe", "bob"]


def test_times_that_an_earlier_version_has_not_gone_on_with_are_not_believed() -> None:
    kept = [*user_times.write_times(user_times.not_known_before("3", "", "3"), "3")]
    # After a sign-out, somebody has signed in by a version that writes no times.
    item = Item(
        {USER_ID: Member("zoe", "5"), USER_TIMES: Member(kept, "3")}, latest="9", revision=1
    )
    assert [item.as_of(stamp, {}).user_id for stamp in "2468"] == ["", "", "zoe", "zoe"]


class Step(NamedTuple):
    """A request of one event: whom it names, and how long it waits for home; 0 if home is up."""

    named: str | None  # None says nothing of users
    waits: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([None, None, "u", "v", "w", NOBODY]),
        st.sampled_from([0, 0, *range(1, 10)]),
    ),
    min_size=2,
    max_size=9,
)
# Some messages come twice.
AGAIN = st.sets(st.integers(0, 8), max_size=2)


def as_delivered(steps: list[Step], again: set[int]) -> list[int]:
    """The steps in the order in which home gets them."""
    late = {n: step.waits for n, step in enumerate(steps) if step.waits}
    come = [(n + late.get(n, 0), n in late, n) for n in range(len(steps))]
    come += [(n + late[n] + 3, True, n) for n in again if n in late]
    return [n for _, _, n in sorted(come)]


def is_between_two_of_another(steps: list[Step], come: list[int], moment: int) -> bool:
    """Whether a sign-in before a moment came late, into the time of somebody else that goes on.

    Home keeps when that one was first named, and last; who was signed in between is not known.
    """
    for place, late in enumerate(come):
        stored = [n for n in come[:place] if steps[n].named is not None]
        names = {steps[n].named for n in stored if n < late} - {steps[late].named, None}
        goes_on = any(n > moment and steps[n].named in names for n in stored)
        if goes_on and late < moment and steps[late].named is not None:
            return True
    return False


def check_events(phones: list[Phone], steps: list[Step], again: set[int]) -> None:
    """Deliver the steps; the user of each event is that of its moment, or nobody."""
    come: list[int] = []
    for number in as_delivered(steps, again):
        named = steps[number].named
        found = {phone.came(10 * number, named) for phone in phones}
        assert len(found) == 1  # at both stores
        told = found.pop() or NOBODY
        before = [n for n in range(number) if steps[n].named is not None]
        known = [n for n in before if n in come]
        is_known = steps[known[-1]].named if known else NOBODY
        if named is not None:
            assert told == named
        elif told or known != before:
            # While an older sign-in waits itself, home has only heard of who was there before.
            assert told in (is_known, NOBODY)
        elif is_known:
            assert is_between_two_of_another(steps, come, number)
        come.append(number)


@pytest.fixture(name="items")
def _items(monkeypatch: pytest.MonkeyPatch) -> DynamoDBItems:
    """DynamoDB's items, still without a table."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return items_of(MemoryTable())


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS, AGAIN)
def test_in_no_order_of_messages_an_event_gets_another_user(
    sqlite: EndpointTable, items: DynamoDBItems, steps: list[Step], again: set[int]
) -> None:
    app = next(fresh)
    items._client = cast("Any", MemoryTable())
    memory = EndpointTable(items)
    with patch.object(user_times, "KEPT", 9):
        check_events([Phone(sqlite, app), Phone(memory, app)], steps, again)
