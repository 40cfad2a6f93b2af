"""The same calls in the same order give the same endpoints and answers in both stores.

The emulated DynamoDB is slow, so most sequences run against one in memory; the first ones prove
that it answers as the emulated one does. SEQUENCES in the environment says how many run.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.destinations.lake.dynamodb import DynamoDBItems
from putevents.endpoints import limits, places
from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.deployed.emulator import Emulator
from tests.endpoints.application import START
from tests.endpoints.memory_table import MemoryTable
from tests.lake.conftest import clients_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEQUENCES = int(os.environ.get("SEQUENCES", "150"))
EMULATED_SEQUENCES = min(SEQUENCES, 1000)
IDS, USERS = ["a", "b", "c", "é/1", "A", "É/1"], ["u", "v"]
fresh = (f"app-{number}" for number in count())

VALUES = st.sampled_from([[], ["1"], ["2", "3"]])
KEYS = st.dictionaries(st.sampled_from(["k", "l.m"]), VALUES, max_size=2)
USER = st.fixed_dictionaries(
    {}, optional={"UserId": st.sampled_from(["", *USERS]), "UserAttributes": KEYS}
)
CHANNEL = st.sampled_from(
    [
        {"ChannelType": "GCM", "Address": "x"},
        {"ChannelType": "EMAIL", "Address": "x"},
        {"ChannelType": "APNS", "Address": "y"},
        {"ChannelType": "GCM", "Address": ""},
        {"ChannelType": "SMS"},
        {},
    ]
)
REST = st.fixed_dictionaries(
    {},
    optional={
        "OptOut": st.sampled_from(["ALL", "NONE"]),
        "EndpointStatus": st.sampled_from(["INACTIVE", "ACTIVE"]),
        "Attributes": KEYS,
        "EffectiveDate": st.sampled_from(["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]),
        "Metrics": st.dictionaries(
            st.just("m"), st.sampled_from([0.1, -1.5, 1e-200, 1e125, 1e300]), max_size=1
        ),
        "Location": st.fixed_dictionaries({}, optional={"Latitude": st.floats(-90, 90)}),
    },
)
MEMBERS = st.one_of(
    st.just({}),
    st.builds(lambda user: {"User": user}, USER),
    st.builds(lambda user, channel: {"User": user, **channel}, USER, CHANNEL),
    st.builds(lambda channel, rest: {**channel, **rest}, CHANNEL, REST),
)
# An update arrives at any moment, so most sequences have late ones.
UPDATE = st.tuples(
    st.dictionaries(st.sampled_from(IDS), MEMBERS, min_size=1, max_size=2), st.integers(1, 20)
)
# So does what is deleted.
DELETE = st.tuples(
    st.sampled_from([*(("delete", id_) for id_ in IDS), *(("forget", u) for u in USERS)]),
    st.integers(1, 20),
).map(lambda step: (step[0][0], (step[0][1], step[1])))
STEPS = st.lists(st.one_of(UPDATE, UPDATE, UPDATE, UPDATE, DELETE), min_size=2, max_size=9)


def in_order(items: DynamoDBItems) -> EndpointTable:
    """The rules over a store that updates the endpoints of a request one after the other.

    If they are updated at once, timing decides which of two gets an address or a user's last place.
    """
    items.parallel = 1
    return EndpointTable(items)


@pytest.fixture(name="dynamodb", scope="module")
def _dynamodb(aws: Emulator, table: str) -> EndpointTable:
    with clients_of(aws):
        return in_order(DynamoDBItems(table))


@pytest.fixture(name="items")
def _items(monkeypatch: pytest.MonkeyPatch) -> DynamoDBItems:
    """The store in DynamoDB, still without a table."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return DynamoDBItems("endpoints")


def in_memory(items: DynamoDBItems) -> EndpointTable:
    """The rules over an empty table in memory."""
    items._client = cast("DynamoDBClient", MemoryTable())
    vars(items).pop("_queries", None)  # its paginator is made once, of the client that was there
    return in_order(items)


def run(table: EndpointTable, app: str, steps: list[Any]) -> list[Any]:
    """What each call answers, and what is stored in the end."""
    seen: list[Any] = []
    for number, (what, which) in enumerate(steps):
        if what == "delete":
            seen.append(table.delete(app, which[0], START + which[1]))
        elif what == "forget":
            seen.append(table.delete_user(app, which[0], START + which[1]))
        else:
            updates = {id_: PublicEndpoint.model_validate(said) for id_, said in what.items()}
            arrivals = dict.fromkeys(updates, Arrival(f"request-{number}", START + which))
            seen.append(table.update(app, updates, arrivals, TimeLeft()))
            assert seen[-1][1] == []
    return [*seen, table.get(app, IDS), *(table.of_user(app, user) for user in USERS)]


# How many endpoints a user can have, and how many attributes an endpoint.
sequences = given(STEPS, st.tuples(st.sampled_from([1, 2, 15]), st.sampled_from([1, 2, 250])))


@contextmanager
def limited(limits_: tuple[int, int]) -> Iterator[None]:
    with (
        patch.object(places, "MAX_ENDPOINTS_PER_USER", limits_[0]),
        patch.object(limits, "MAX_KEYS", limits_[1]),
    ):
        yield


def slowly(count: int) -> settings:
    health = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=count, deadline=None, suppress_health_check=health)


@slowly(EMULATED_SEQUENCES)
@sequences
def test_both_stores_give_the_same_answers(
    dynamodb: EndpointTable,
    items: DynamoDBItems,
    sqlite: EndpointTable,
    steps: list[Any],
    limit: tuple[int, int],
) -> None:
    app = next(fresh)
    with limited(limit):
        answers = run(dynamodb, app, steps)
        assert run(sqlite, app, steps) == answers
        assert run(in_memory(items), app, steps) == answers


@slowly(SEQUENCES)
@sequences
def test_both_stores_give_the_same_answers_to_many_more_calls(
    items: DynamoDBItems, sqlite: EndpointTable, steps: list[Any], limit: tuple[int, int]
) -> None:
    app = next(fresh)
    with limited(limit):
        assert run(sqlite, app, steps) == run(in_memory(items), app, steps)
