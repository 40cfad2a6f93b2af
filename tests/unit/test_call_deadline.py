"""Deadlines of whole calls, against servers on loopback that are slow in every part of one."""

import json
import socket
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from threading import Event
from time import monotonic
from typing import Any, Literal

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from putevents import call_deadline
from putevents.call_deadline import SENDING_SECONDS, calls_end_at, with_deadline
from tests.dripping import Dripping, dripping
from tests.upstream import Upstream, running_upstream

READ_SECONDS = 0.2
# One call of each client that a function makes.
CALLS: dict[str, Callable[[Any], Any]] = {
    "pinpoint": lambda client: client.put_events(
        ApplicationId="a", EventsRequest={"BatchItem": {}}
    ),
    "firehose": lambda client: client.put_record_batch(DeliveryStreamName="a", Records=[]),
    "dynamodb": lambda client: client.batch_get_item(RequestItems={}),
    "sqs": lambda client: client.send_message(QueueUrl="http://a/b", MessageBody="a"),
}


def config(read_timeout: float = READ_SECONDS, attempts: int = 2) -> Config:
    return Config(
        connect_timeout=0.2,
        read_timeout=read_timeout,
        parameter_validation=False,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )


@pytest.fixture(name="drips", params=["headers", "body"])
def _drips(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    part: Literal["headers", "body"] = request.param
    with dripping(part) as server:
        yield server


@pytest.mark.parametrize("service", CALLS)
def test_an_answer_that_drips_times_out_as_a_whole(service: Any, drips: Dripping) -> None:
    client = with_deadline(
        boto3.client(service, endpoint_url=drips.url, config=config()), SENDING_SECONDS + 60
    )
    with pytest.raises(ReadTimeoutError):
        CALLS[service](client)
    assert drips.requests == 2


def test_no_attempt_begins_once_the_time_of_the_call_is_used() -> None:
    with dripping() as drips:
        client = with_deadline(
            boto3.client("sqs", endpoint_url=drips.url, config=config(read_timeout=60)),
            SENDING_SECONDS + READ_SECONDS,
        )
        with pytest.raises(ReadTimeoutError):
            CALLS["sqs"](client)
        assert drips.requests == 1  # it had all of the time, though a read may take a minute


def test_an_answer_in_time_is_read_over_one_connection_again_and_again() -> None:
    with running_upstream() as upstream:
        client = with_deadline(
            boto3.client("pinpoint", endpoint_url=upstream.url, config=config(60)), 70
        )
        for _ in range(3):
            assert CALLS["pinpoint"](client)["EventsResponse"] == {"Results": {}}


@pytest.mark.parametrize("service", CALLS)
def test_a_block_ends_all_its_calls_whatever_their_own_time(service: Any, drips: Dripping) -> None:
    client = with_deadline(
        boto3.client(service, endpoint_url=drips.url, config=config(read_timeout=60)), 70
    )
    with calls_end_at(monotonic() + READ_SECONDS), pytest.raises(ReadTimeoutError):
        CALLS[service](client)
    with calls_end_at(monotonic()), pytest.raises(ReadTimeoutError):
        CALLS[service](client)
    assert drips.requests == 1


def test_in_a_block_that_ends_a_connection_is_made_in_time_and_kept_for_other_calls() -> None:
    with running_upstream() as upstream:
        client = with_deadline(
            boto3.client("pinpoint", endpoint_url=upstream.url, config=config(60)), 70
        )
        for _ in range(2):
            with calls_end_at(monotonic() + 60):
                assert CALLS["pinpoint"](client)["EventsResponse"] == {"Results": {}}
        assert CALLS["pinpoint"](client)["EventsResponse"] == {"Results": {}}


def test_in_a_block_that_ends_nobody_waits_for_a_server_that_throttles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
    with running_upstream() as upstream:
        upstream.answer_headers = {"x-amzn-ErrorType": "TooManyRequestsException"}
        upstream.answer = lambda _: (429, {"Message": "no"})
        client = with_deadline(
            boto3.client("pinpoint", endpoint_url=upstream.url, config=config(60)), 70
        )
        with calls_end_at(monotonic() + 60), pytest.raises(ClientError):
            CALLS["pinpoint"](client)
        assert waits == []
        with pytest.raises(ClientError):
            CALLS["pinpoint"](client)
        assert len(waits) == 1


@pytest.mark.parametrize("service", CALLS)
def test_headers_and_body_are_one_packet(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    send = HTTPConnection.send

    def noting(self: HTTPConnection, data: Any) -> None:
        written.append(data)
        send(self, data)

    monkeypatch.setattr(HTTPConnection, "send", noting)
    with running_upstream() as upstream:
        upstream.answer = lambda _: (400, b"{}")
        client = boto3.client(service, endpoint_url=upstream.url, config=config(60, attempts=1))
        with pytest.raises(ClientError):
            CALLS[service](client)

    [request] = written
    headers, _, body = request.partition(b"\r\n\r\n")
    assert headers.startswith(b"POST ")
    assert isinstance(json.loads(body), dict)


def test_a_client_without_timeouts_waits_and_reads_on() -> None:
    with running_upstream() as upstream:
        client = boto3.client(
            "pinpoint",
            endpoint_url=upstream.url,
            config=config().merge(Config(read_timeout=None, connect_timeout=None)),
        )
        assert CALLS["pinpoint"](client)["EventsResponse"] == {"Results": {}}


def test_an_answer_without_end_does_not_take_all_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_deadline, "MAX_ANSWER_BYTES", 10_000)
    with running_upstream() as upstream:
        upstream.answer = lambda _: (200, b" " * 20_000)
        client = with_deadline(
            boto3.client("pinpoint", endpoint_url=upstream.url, config=config(60)), 70
        )
        with pytest.raises(BotoCoreError, match="too long"):
            CALLS["pinpoint"](client)


def test_a_server_does_not_say_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
    with running_upstream() as upstream:
        _answer_retry_after(upstream)
        client = with_deadline(
            boto3.client("pinpoint", endpoint_url=upstream.url, config=config(60)), 70
        )
        with pytest.raises(client.exceptions.InternalServerErrorException):
            CALLS["pinpoint"](client)
    [wait] = waits
    assert wait <= 1


def _answer_retry_after(upstream: Upstream) -> None:
    upstream.answer_headers = {
        "x-amz-retry-after": "5000",
        "x-amzn-ErrorType": "InternalServerErrorException",
    }
    upstream.answer = lambda _: (500, {"Message": "no"})


def test_a_name_with_many_addresses_is_not_tried_for_a_second_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        # A host that does not answer; loopback has none.
        tried.append(address)
        Event().wait(self.gettimeout())
        raise TimeoutError

    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))
    monkeypatch.setattr("urllib3.util.connection.socket.getaddrinfo", lambda *_: [address] * 20)
    monkeypatch.setattr(socket.socket, "connect", connect, raising=False)
    client = with_deadline(
        boto3.client("sqs", endpoint_url="http://many", config=config(attempts=1)), 70
    )
    with pytest.raises(ConnectTimeoutError):
        CALLS["sqs"](client)
    assert len(tried) <= 2
