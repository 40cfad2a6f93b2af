"""Gateways in a row: what one forwards, another keeps; what cannot be forwarded waits."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.local.conftest import StartGateway
from tests.local.running_gateway import SECONDS, put_events_body

ENDPOINT = {"Address": "+1555", "ChannelType": "SMS"}


@pytest.fixture(name="free_port")
def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class SlowPinpoint(ThreadingHTTPServer):
    """Says when it is asked, and fails when it is told to answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Failing)
        self.asked, self.answer = threading.Event(), threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Failing(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, SlowPinpoint)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.answer.wait(SECONDS)
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(name="slow_pinpoint")
def _slow_pinpoint() -> Iterator[SlowPinpoint]:
    with SlowPinpoint() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


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
