"""Whatever waits while somebody is forgotten: theirs is not stored, of others nothing is lost.

Two people share two phones; the endpoints' store, or only the events', is down now and then.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json

from local.database import SCHEMA
from local.endpoint_items import SqliteItems
from putevents.endpoints import table as endpoint_table
from putevents.endpoints.keys import user_key
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint
from tests.endpoints.application import START
from tests.endpoints.counted_table import items_of
from tests.endpoints.memory_table import MemoryTable

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
fresh = (f"forgotten-{number}" for number in count())
PHONES, PEOPLE = ("phone", "PHONE-2"), ("bob", "carol")
ALL_UP, EVENTS_WAIT, ALL_WAITS = range(3)
SEND = st.tuples(
    st.just("send"),
    st.sampled_from([PHONES[0], *PHONES]),
    st.sampled_from([*PEOPLE, *PEOPLE, "", None]),
    st.integers(ALL_UP, ALL_WAITS),
)
FORGET = st.tuples(st.just("forget"), st.sampled_from(PEOPLE))
FORGET_PHONE = st.tuples(st.just("forget_phone"), st.sampled_from(PHONES))
BACK = st.tuples(st.just("back"), st.randoms(use_true_random=False))
STEP = st.one_of(SEND, SEND, SEND, FORGET, FORGET, FORGET_PHONE, BACK)
HANDED_ON = [
    ("send", "phone", "bob", ALL_UP),
    ("send", "phone", "carol", ALL_WAITS),
    ("forget", "bob"),
]


@dataclass
class Sent:
    """An event: from which phone and when, whom it names, and its endpoint if that was stored."""

    phone: str
    moment: int
    user: str | None
    stored: EndpointResponse | None = None

    @property
    def named(self) -> str:
        """Whom it names, by itself or by its endpoint of then."""
        known = self.stored.get("User", {}).get("UserId", "") if self.stored else ""
        return known if self.stored else self.user or ""


@dataclass
class Home:
    """What is stored, who was forgotten when, and what waits."""

    table: EndpointTable
    app: str
    now: int = 0
    waiting: list[Sent] = field(default_factory=list)
    forgotten: dict[str, int] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)  # phones and users of stored events

    def send(self, phone: str, user: str | None, state: int) -> None:
        """An event with its endpoint."""
        sent = Sent(phone, self.now, user)
        if state == EVENTS_WAIT:
            sent.stored = self._update(sent).endpoint
        if state == ALL_UP:
            self._arrive(sent)
        else:
            self.waiting.append(sent)

    def forget(self, user: str) -> None:
        """As `make forget USER=`, which sees nothing of what is being delivered."""
        keys = {phone for phone, of in self.seen if of == user}
        keys.update(self.table._store.find_by_user(self.app, user))
        self.table.forget(self.app, keys, user)
        self.seen -= {(phone, user) for phone in PHONES}
        self.forgotten[user] = self.now
        assert not self.table.of_user(self.app, user)

    def forget_phone(self, phone: str) -> None:
        """As `make forget ENDPOINT=`."""
        self.table.forget(self.app, [phone])
        self.forgotten[phone] = self.now
        self.seen = {(of, user) for of, user in self.seen if of != phone}

    def back(self, random: Any) -> None:
        """Everything is up again, and the queue gives what it has in any order."""
        random.shuffle(self.waiting)
        while self.waiting:
            self._arrive(self.waiting.pop())

    def _update(self, sent: Sent) -> endpoint_table.Stored:
        said: Any = {} if sent.user is None else {"User": {"UserId": sent.user}}
        if sent.user:
            said["User"]["UserAttributes"] = {"k": [f"{sent.user} at {sent.moment}"]}
        stored, failures = self.table.update(
            self.app,
            {sent.phone: PublicEndpoint.model_validate(said)},
            {sent.phone: _arrival(sent)},
            TimeLeft(),
        )
        assert failures == []
        return stored[sent.phone]

    def _arrive(self, sent: Sent) -> None:
        if sent.stored is None:
            found = self._update(sent)
        else:
            waited = {sent.phone: sent.stored}
            arrivals = {sent.phone: _arrival(sent)}
            [found] = self.table.waited(self.app, waited, arrivals, TimeLeft())[0].values()
        user = found.endpoint.get("User", {}).get("UserId", "")
        is_theirs = sent.moment <= max(self.forgotten.get(n, -1) for n in (sent.phone, sent.named))
        assert found.is_forgotten or not is_theirs
        if sent.named:
            assert found.is_forgotten == is_theirs
        if not found.is_forgotten:
            assert user == sent.named or not sent.named
            assert sent.moment > self.forgotten.get(user, -1)
            self.seen.add((sent.phone, user))
            self.check(found.endpoint)

    def check(self, *shown: Any) -> None:
        """Nothing that somebody said before they were forgotten is shown or kept."""
        keys = [*map(str.casefold, PHONES), *map(user_key, PEOPLE)]
        items = self.table._store.read(self.app, keys)
        kept = to_json([shown, [item.members for item in items.values()]]).decode()
        for user in PEOPLE:
            for moment in range(self.forgotten.get(user, -1) + 1):
                assert f'"{user} at {moment}"' not in kept


def _arrival(sent: Sent) -> Arrival:
    return Arrival(f"request-{sent.moment}", START + 10 * sent.moment)


@pytest.fixture(name="table", params=["dynamodb", "sqlite"])
def _tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The rules over either store, both in memory."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        is_sqlite = request.param == "sqlite"
        yield EndpointTable(SqliteItems(connection) if is_sqlite else items_of(MemoryTable()))


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(HANDED_ON, Random(0))  # noqa: S311 # an order
@given(st.lists(STEP, min_size=3, max_size=12), st.randoms(use_true_random=False))
def test_a_forgotten_person_is_gone_and_nobody_else(
    table: EndpointTable, steps: list[Any], random: Any
) -> None:
    home = Home(table, next(fresh))
    with patch.object(endpoint_table, "_now", lambda: START + 10 * home.now + 1):
        for name, *what in [*steps, ("back", random)]:
            home.now += 1
            getattr(home, name)(*what)
            home.check()
