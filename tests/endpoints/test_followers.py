"""What a follower is given of endpoints, by either home that holds them."""

from collections.abc import Iterator
from pathlib import Path
from time import time_ns
from typing import Any

import pytest

from local.endpoint_items import SqliteItems
from putevents.endpoints.table import EndpointTable
from tests.endpoints.counted_table import items_of
from tests.endpoints.memory_table import MemoryTable
from tests.endpoints.whole_gateway import WholeGateway
from tests.unit.doors import FakeDestination, FollowedDoors

EVENT = {"EventType": "a", "Timestamp": "2026-11-24T10:00:00Z"}


class Stream(FakeDestination):
    """Notes the endpoints of its events."""

    def deliver(self, application_id: str, batch_item: Any, *others: Any) -> Any:
        if not self.is_down:
            self.stored |= {id_: batch.stored for id_, batch in batch_item.items()}
        return super().deliver(application_id, batch_item, *others)


@pytest.fixture(name="stream")
def _stream() -> Stream:
    return Stream(takes_endpoints=False)


@pytest.fixture(name="table")
def _table() -> MemoryTable:
    return MemoryTable()


@pytest.fixture(name="gateway", params=["lake", "local"])
def _gateway(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    table: MemoryTable,
    stream: Stream,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[WholeGateway]:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    gateway = WholeGateway(request.param, tmp_path, table)
    names = {request.param: gateway.destination, "stream": stream}
    gateway.doors = FollowedDoors(names, gateway.queue)
    yield gateway
    gateway.database.close()


def phone(*ids: str, **endpoint: Any) -> Any:
    return {"phone": {"Endpoint": endpoint, "Events": dict.fromkeys(ids, EVENT)}}


def test_an_event_that_waited_has_the_endpoint_as_it_was_when_it_came(
    gateway: WholeGateway, stream: Stream
) -> None:
    stream.is_down = True
    gateway.put(**phone("1", OptOut="NONE", User={"UserId": "u"}))
    gateway.put(**phone(OptOut="ALL", User={"UserId": "v"}))
    stream.is_down = False
    gateway.redeliver()
    [(_, _, event_id)] = stream.delivered
    shown = stream.stored["phone"]
    assert (event_id, shown["OptOut"], shown["User"]["UserId"]) == ("1", "NONE", "u")
    assert (shown["ApplicationId"], shown["Id"]) == ("my-app", "phone")
    assert len(gateway.records()) == 1


def test_what_waited_for_a_follower_of_a_person_who_was_forgotten_goes_nowhere(
    gateway: WholeGateway, stream: Stream, table: MemoryTable
) -> None:
    stream.is_down = True
    gateway.put(**phone("1", User={"UserId": "u"}))
    gateway.put(other={"Endpoint": {}, "Events": {"2": EVENT}})
    _forget(gateway, table, "phone", "u")
    stream.is_down = False
    assert len(gateway.redeliver()) == 2
    assert [event_id for _, _, event_id in stream.delivered] == ["2"]
    assert gateway.queue.messages == []


def test_what_waited_for_all_of_a_person_who_was_forgotten_goes_nowhere(
    gateway: WholeGateway, stream: Stream, table: MemoryTable
) -> None:
    gateway.put(**phone(User={"UserId": "u"}))
    for _ in range(5):  # until the breaker opens, and everything waits
        gateway.doors.gateway.breaker.note("my-app", answered=False)
    gateway.put(**phone("1", User={"UserId": "u"}))
    _forget(gateway, table, "phone", "u")
    gateway.doors.gateway.close_breakers("my-app")
    gateway.redeliver()
    assert (stream.delivered, gateway.records()) == ([], [])


def _forget(gateway: WholeGateway, table: MemoryTable, endpoint_id: str, user_id: str) -> None:
    """Forget in both stores, of which the gateway has one, in a later millisecond."""
    now = time_ns() // 1_000_000
    while time_ns() // 1_000_000 == now:
        pass
    with gateway.database.transaction() as connection:
        EndpointTable(SqliteItems(connection)).forget("my-app", [endpoint_id], user_id)
    EndpointTable(items_of(table)).forget("my-app", [endpoint_id], user_id)
