"""How many calls a request makes to the table, by what is known and what is new.

With the one call that stores its events, a request of a known endpoint with a user makes three.
"""

from collections import Counter
from time import time_ns
from typing import Any

import pytest

from putevents.endpoints.table import MAX_UPDATES, EndpointTable
from putevents.time_left import TimeLeft
from putevents.wire.arrival import Arrival
from putevents.wire.schemas import PublicEndpoint
from tests.endpoints.counted_table import CountedTable, items_of

READ, WRITE, QUERY = "batch_get_item", "update_item", "paginate"


class Requests:
    """Requests that came in just now, one after the other."""

    def __init__(self) -> None:
        self.table, self._number = CountedTable(), 0
        self._arrival = Arrival("", 0)
        self._rules = EndpointTable(items_of(self.table))

    def send(self, *endpoints: dict[str, Any], again: bool = False) -> dict[str, int]:
        """The calls that a request with these endpoints made."""
        if not again:
            self._number += 1
            now = time_ns() // 1_000_000
            self._arrival = Arrival(f"r{self._number}", now + self._number)
        arrival = self._arrival
        updates = {f"phone-{n}": PublicEndpoint.model_validate(e) for n, e in enumerate(endpoints)}
        self.table.calls = Counter()
        stored, failures = self._rules.update(
            "app", updates, dict.fromkeys(updates, arrival), TimeLeft()
        )
        assert (len(stored), failures) == (len(updates), [])
        return dict(self.table.calls)


@pytest.fixture(name="requests")
def _requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return Requests()


def phone(number: int = 0, plan: str = "pro", **members: Any) -> dict[str, Any]:
    person = {"UserId": f"user-{number}", "UserAttributes": {"plan": [plan], "size": ["l"]}}
    return {"ChannelType": "GCM", "Address": f"token-{number}", "User": person, **members}


def test_a_known_endpoint_with_a_user_costs_a_read_and_a_write(requests: Requests) -> None:
    requests.send(phone())
    for _ in range(3):
        assert requests.send(phone()) == {READ: 1, WRITE: 1}
    assert requests.send({"User": {"UserId": "user-0"}, "OptOut": "NONE"}) == {READ: 1, WRITE: 1}


def test_a_request_that_says_nothing_new_costs_no_write(requests: Requests) -> None:
    """Such as one that the queue brings again: an address is looked for again, it may be left."""
    person = {"User": {"UserId": "u", "UserAttributes": {"plan": ["pro"]}}}
    for members, calls in ((person, {READ: 1}), (phone(), {READ: 1, QUERY: 1})):
        requests.send(members)
        assert requests.send(members, again=True) == calls


def test_an_endpoint_that_says_nothing_costs_reads_only(requests: Requests) -> None:
    requests.send({"OptOut": "ALL"})
    assert requests.send({}) == {READ: 1}
    requests.send(phone())
    assert requests.send({}) == {READ: 2}  # whose user it is says the endpoint


def test_another_value_of_a_user_costs_one_write_and_a_look_at_the_users_other_endpoints(
    requests: Requests,
) -> None:
    requests.send(phone())
    assert requests.send(phone(plan="free")) == {READ: 1, QUERY: 1, WRITE: 2}
    assert requests.send(phone(plan="free")) == {READ: 1, WRITE: 1}
    tablet = {"User": phone()["User"]}
    requests.send({}, tablet)
    assert requests.send({}, tablet) == {READ: 1, WRITE: 1}
    assert requests.send(phone(plan="free")) == {READ: 2, QUERY: 1, WRITE: 2}


def test_a_new_attribute_of_a_user_costs_one_write_more(requests: Requests) -> None:
    requests.send(phone())
    more = {"UserId": "user-0", "UserAttributes": {"plan": ["pro"], "since": ["2026"]}}
    assert requests.send(phone(User=more)) == {READ: 1, WRITE: 2}


def test_attributes_without_a_users_id_cost_a_read_of_the_user(requests: Requests) -> None:
    requests.send(phone())
    assert requests.send({"User": {"UserAttributes": {"plan": ["pro"]}}}) == {READ: 1, WRITE: 2}


def test_a_new_endpoint_costs_two_queries(requests: Requests) -> None:
    assert requests.send(phone()) == {READ: 1, QUERY: 2, WRITE: 2}
    assert requests.send({"OptOut": "ALL"}, {"OptOut": "ALL"})[WRITE] == 2


def test_a_hundred_endpoints_cost_as_many_writes_and_two_reads(requests: Requests) -> None:
    phones = [phone(number) for number in range(100)]
    assert requests.send(*phones) == {READ: 2, QUERY: 200, WRITE: 200}
    assert requests.table.paginators == 1  # each is a class that botocore makes
    assert requests.send(*phones) == {READ: 2, WRITE: 100}


def test_a_request_makes_one_query_for_a_user_and_one_for_an_address_at_most(
    requests: Requests,
) -> None:
    """A query asks an index for one of them, so the bound is that of updates."""
    phones = [phone(number) for number in range(MAX_UPDATES)]
    calls = {QUERY: 2 * MAX_UPDATES, WRITE: 2 * MAX_UPDATES}
    assert requests.send(*phones) == {READ: 2 * MAX_UPDATES // 100, **calls}
    # All of them are of other users now, with other addresses and attributes.
    moved = [phone(number + 1, plan="free") for number in range(MAX_UPDATES)]
    assert requests.send(*moved)[QUERY] <= 2 * MAX_UPDATES


def test_a_hundred_endpoints_of_one_user_cost_one_query_for_it(requests: Requests) -> None:
    shared = [phone() | {"Address": f"token-{number}"} for number in range(100)]
    calls = requests.send(*shared)
    assert calls[QUERY] == 1 + 100
    assert calls[READ] <= 2
