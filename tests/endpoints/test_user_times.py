"""An event that waited is stored with the user who was signed in when it came, or with nobody.

Not with anybody else, in whatever order the endpoint's updates come from the queue.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.endpoints.item import FORMER_USER, USER_ID, Item, Member
from putevents.endpoints.table import EndpointTable
from putevents.endpoints.user_times import KEPT
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.application import START
from tests.endpoints.counted_table import items_of
from tests.endpoints.memory_table import MemoryTable

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
    assert phone.came(25, None) == "user 2"


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


def test_of_what_an_earlier_version_stored_only_the_present_user_is_certain() -> None:
    members = {USER_ID: Member("zoe", "5"), FORMER_USER: Member("alice", "3")}
    item = Item(members, latest="9", revision=1)
    assert [item.as_of(stamp, {}).user_id for stamp in "2468"] == ["", "", "zoe", "zoe"]
    assert item.user_at("2") == "alice"  # whose attributes they are
    for user_id, at in (("bob", "7"), ("carol", "4")):
        item = item.after({USER_ID: Member("bob", "7")} | item.naming(user_id, at), 0)
    assert [item.as_of(stamp, {}).user_id for stamp in "2468"] == ["", "", "zoe", "bob"]


# Who is named by the updates of one endpoint, one a moment, and the order in which they come.
NAMED = st.lists(st.sampled_from(["u", "v", "w", NOBODY]), min_size=1, max_size=7)
ORDERED = NAMED.flatmap(lambda named: st.tuples(st.just(named), st.permutations(range(len(named)))))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ORDERED)
def test_in_no_order_of_updates_an_event_gets_another_user(
    sqlite: EndpointTable,
    monkeypatch: pytest.MonkeyPatch,
    ordered: tuple[list[str], list[int]],
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    app = next(fresh)
    phones = [Phone(sqlite, app), Phone(EndpointTable(items_of(MemoryTable())), app)]
    named, order = ordered
    come: set[int] = set()
    for number in order:
        for phone in phones:
            assert phone.came(10 * number, named[number]) == (named[number] or None)
        come.add(number)
        for moment in range(len(named)):
            if not come >= set(range(moment + 1)):
                break  # a sign-in before the event still waits: nothing can tell
            for phone in phones:
                assert phone.came(10 * moment + 5, None) in (named[moment] or None, None)
