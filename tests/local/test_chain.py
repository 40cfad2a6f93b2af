"""Gateways in a row: what one forwards, another keeps; what cannot be forwarded waits."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import SECONDS, put_events_body
from tests.loopback import Request, Response, serving

ENDPOINT = {"Address": "+1555", "ChannelType": "SMS"}


@pytest.fixture(name="free_port")
def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class SlowPinpoint:
    """Says when it is asked, and fails when it is told to answer."""

    def __init__(self) -> None:
        self.asked, self.answer = threading.Event(), threading.Event()
        self.url = ""

    def respond(self, _: Request) -> Response:
        self.asked.set()
        self.answer.wait(SECONDS)
        return Response(500)


@pytest.fixture(name="slow_pinpoint")
def _slow_pinpoint() -> Iterator[SlowPinpoint]:
    pinpoint = SlowPinpoint()
    with serving(pinpoint.respond) as pinpoint.url:
        yield pinpoint


def test_an_event_goes_through_two_gateways(start_gateway: StartGateway) -> None:
    b = start_gateway("b")
    a = start_gateway("a", DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=b.url)

    answer = a.put_events(put_events_body(endpoint=ENDPOINT))

    accepted = {"StatusCode": 202, "Message": "Accepted"}
    item = {"EndpointItemResponse": accepted, "EventsItemResponse": {"1": accepted}}
    assert answer == {"Results": {"device": item}}
    assert b.stored() == [("device", "1", "hello")]
    [endpoint] = b.endpoints()
    assert (endpoint["Id"], endpoint["Address"]) == ("device", "+1555")
    assert a.stored() == []


def test_an_event_waits_until_the_next_gateway_is_up(
    start_gateway: StartGateway, free_port: int
) -> None:
    a = start_gateway(
        "a",
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT=f"http://127.0.0.1:{free_port}",
        RETRY_DELAY_SECONDS="1",
    )
    answer = a.put_events(put_events_body())
    b = start_gateway("b", PORT=str(free_port))
    b.wait_for("POST .* 1 accepted")

    assert answer["Results"]["device"]["EventsItemResponse"]["1"]["StatusCode"] == 202
    assert b.stored() == [("device", "1", "hello")]


def test_a_request_in_flight_is_answered_and_kept_when_the_gateway_stops(
    start_gateway: StartGateway, slow_pinpoint: SlowPinpoint
) -> None:
    gateway = start_gateway(DESTINATION="pinpoint", AWS_ENDPOINT_URL_PINPOINT=slow_pinpoint.url)
    answers = []
    client = threading.Thread(target=lambda: answers.append(gateway.put_events(put_events_body())))
    client.start()
    assert slow_pinpoint.asked.wait(SECONDS)
    gateway.process.terminate()
    gateway.wait_for("stopping")
    slow_pinpoint.answer.set()
    client.join()

    assert gateway.ended() == (0, "")
    assert answers[0]["Results"]["device"]["EventsItemResponse"]["1"]["StatusCode"] == 202
    assert gateway.rows("SELECT queue FROM messages") == [("queue",)]
