"""A limit of the table delays what is over it; clients are answered 202 all the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from putevents.breaker import FAILURES
from tests.endpoints.capped_table import CappedTable
from tests.endpoints.table_units import whole_endpoint
from tests.endpoints.whole_gateway import WholeGateway
from tests.unit.doors import sqs_record

ACCEPTED = {"StatusCode": 202, "Message": "Accepted"}
EVENT = {"EventType": "a", "Timestamp": "2026-01-02T03:04:05Z"}
MAX_WRITES = 10
PHONES = [f"phone-{number}" for number in range(30)]


# The codes by which DynamoDB throttles.
CODES = ["ProvisionedThroughputExceededException", "ThrottlingException"]


@pytest.fixture(name="table", params=CODES)
def _table(request: pytest.FixtureRequest) -> CappedTable:
    return CappedTable(MAX_WRITES, request.param)


@pytest.fixture(name="gateway")
def _gateway(
    tmp_path: Path, table: CappedTable, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WholeGateway]:
    for name in ("ENDPOINT_TABLE", "EVENT_STREAM_PREFIX", "REJECTED_STREAM"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    gateway = WholeGateway("lake", tmp_path, table)
    yield gateway
    gateway.database.close()


def send(gateway: WholeGateway, ids: list[str]) -> list[Any]:
    """One request for each endpoint; all that is answered."""
    answers: list[Any] = []
    for number, id_ in enumerate(ids):
        batch = {"Endpoint": whole_endpoint(number), "Events": {f"event-{number}": EVENT}}
        [answer] = gateway.put(**{id_: batch}).values()
        answers += [answer["EndpointItemResponse"], *answer["EventsItemResponse"].values()]
    return answers


def second(gateway: WholeGateway, table: CappedTable) -> None:
    """The queue's messages of one second; those that fail stay."""
    table.next_second()
    gateway.doors.gateway.breaker.close("my-app")  # the time that it waits has passed
    messages, gateway.queue.messages = gateway.queue.messages, []
    for number, message in enumerate(messages):
        told: Any = {name: found["StringValue"] for name, found in message.attributes.items()}
        record = sqs_record(message.body, f"m{number}", **told)
        record["attributes"]["SentTimestamp"] = told["ArrivalTimestamp"]
        if gateway.doors.stay(record):
            gateway.queue.messages.append(message)


def test_a_flood_over_the_limit_is_answered_202_and_is_stored_once_later(
    gateway: WholeGateway, table: CappedTable
) -> None:
    assert send(gateway, PHONES) == [ACCEPTED] * 2 * len(PHONES)
    stored = len(gateway.records())
    assert table.throttled
    assert 0 < stored < len(PHONES) / 3
    assert len(gateway.queue.messages) == len(PHONES) - stored

    seconds = 0
    while gateway.queue.messages:
        second(gateway, table)
        assert len(gateway.records()) > stored
        stored = len(gateway.records())
        seconds += 1

    assert seconds > 3
    told = {record["event_id"]: record["endpoint"]["address"] for record in gateway.records()}
    assert len(gateway.records()) == len(told) == len(PHONES)
    assert told == {f"event-{n}": whole_endpoint(n)["Address"] for n in range(len(PHONES))}


def test_what_needs_no_write_is_stored_while_the_limit_is_reached(
    gateway: WholeGateway, table: CappedTable
) -> None:
    send(gateway, ["known"])
    table.next_second()
    send(gateway, [f"new-{number}" for number in range(6)])
    assert 0 < table.throttled < FAILURES  # the breaker lets it through

    results = gateway.put(known={"Endpoint": {}, "Events": {"quiet": EVENT}})

    assert results["known"]["EventsItemResponse"] == {"quiet": ACCEPTED}
    assert gateway.records()[-1]["event_id"] == "quiet"


def test_an_endpoint_over_the_limit_is_answered_500_only_if_the_queue_fails_too(
    gateway: WholeGateway, table: CappedTable
) -> None:
    send(gateway, PHONES[:8])
    assert table.throttled
    gateway.queue.broken = True

    results = gateway.put(new={"Endpoint": whole_endpoint(99), "Events": {"1": EVENT}})

    assert results["new"]["EventsItemResponse"]["1"]["StatusCode"] == 500
