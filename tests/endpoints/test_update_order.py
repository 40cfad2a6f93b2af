"""In whatever order partial updates are applied, or all at once, they give the same endpoint."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from putevents.endpoints.table import EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import EndpointResponse, PublicEndpoint

START = 1_764_054_000_000
VALUES = st.lists(st.text("ab", max_size=1), max_size=2)
KEYS = st.dictionaries(st.sampled_from(["k", "l.m", ""]), VALUES, max_size=3)
UPDATE = st.fixed_dictionaries(
    {},
    optional={
        "Attributes": KEYS,
        "OptOut": st.sampled_from(["ALL", "NONE", ""]),
        "Demographic": st.fixed_dictionaries({}, optional={"Make": st.text("xy", max_size=2)}),
        "Location": st.fixed_dictionaries({}, optional={"Latitude": st.floats(-90, 90)}),
        "Metrics": st.dictionaries(st.just("m"), st.floats(-1e9, 1e9), max_size=1),
        "EndpointStatus": st.just("INACTIVE"),
        "User": st.fixed_dictionaries(
            {}, optional={"UserId": st.just("user"), "UserAttributes": KEYS}
        ),
    },
)
# Several of one millisecond among them, told apart by the request.
ARRIVALS = st.tuples(st.integers(START, START + 2), st.sampled_from("pqrstuvw"))
UPDATES = st.dictionaries(ARRIVALS, UPDATE, min_size=2, max_size=6)
fresh = (f"app-{number}" for number in count())

slowly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def apply(table: EndpointTable, app: str, arrival: tuple[int, str], members: Any) -> None:
    endpoint = PublicEndpoint.model_validate(members)
    when = Arrival(arrival[1], arrival[0])
    stored, failures = table.update(app, {"phone": endpoint}, {"phone": when}, TimeLeft())
    assert failures == []
    assert stored["phone"].rejection is None


def stored(table: EndpointTable, app: str) -> EndpointResponse:
    [found] = table.get(app, ["phone"])
    del found["ApplicationId"]
    return found


@slowly
@given(UPDATES, st.randoms(use_true_random=False))
def test_the_order_of_updates_does_not_matter(
    either: EndpointTable, updates: dict[tuple[int, str], Any], random: Any
) -> None:
    shuffled = list(updates.items())
    random.shuffle(shuffled)
    again = random.choice(shuffled)
    results = []
    for order in (sorted(updates.items(), key=lambda item: item[0][0]), [*shuffled, again]):
        app = next(fresh)
        for arrival, members in order:
            apply(either, app, arrival, members)
        results.append(stored(either, app))

    assert results[0] == results[1]


@slowly
@given(UPDATES)
def test_updates_at_once_lose_nothing(
    endpoints: EndpointTable, updates: dict[tuple[int, str], Any]
) -> None:
    one_by_one, at_once = next(fresh), next(fresh)
    for arrival, members in updates.items():
        apply(endpoints, one_by_one, arrival, members)
    with ThreadPoolExecutor(len(updates)) as pool:
        list(pool.map(lambda item: apply(endpoints, at_once, *item), updates.items()))

    assert stored(endpoints, at_once) == stored(endpoints, one_by_one)
