"""Models of the mobile clients, fed by the gateway's own answers while its destination fails.

No event that the user could have kept is lost, none is sent for ever, no client crashes.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.clients.forwarding import forwarding_gateway
from tests.clients.mobile.aws_sdk_ios import AwsSdkIos
from tests.clients.mobile.destination_faults import FAULTS, Answer, Request
from tests.clients.mobile.failing_destination import Destination
from tests.clients.mobile.fleet import (
    CLIENTS,
    TOO_LONG,
    bad_events,
    fleet,
    flush,
    good_events,
    most_sent,
)
from tests.clients.mobile.phone import Phone
from tests.local.running_gateway import SECONDS, RunningGateway

NOBODY = "http://127.0.0.1:1"
FEW = 20  # events, none of them bad: what is slow is sent once


@pytest.mark.parametrize("fault", list(FAULTS))
def test_whatever_the_destination_does_each_event_is_sent_once(
    fault: str, phones: list[Phone], destination: Destination
) -> None:
    destination.fault = FAULTS[fault]
    flush(phones, times=2)
    destination.fault = FAULTS["none"]

    for phone in phones:
        assert (phone.queue, list(phone.discarded)) == ({}, bad_events(phone)), phone
        assert most_sent(phone) == 1, phone
    destination.wait_until_taken(good_events(phones))


def test_nor_while_it_is_slower_than_anybody_waits(
    destination: Destination, tmp_path: Path, app: str
) -> None:
    """Each phone has a gateway of its own here, since a laptop's answers one request at a time."""
    healed = Event()

    def slow(_: Request) -> Answer:
        healed.wait(SECONDS)
        return None

    phones = fleet(NOBODY, app, events=FEW)
    with ThreadPoolExecutor(len(phones)) as pool:
        folders = [tmp_path / phone.endpoint_id for phone in phones]
        gateways = list(pool.map(lambda folder: forwarding_gateway(folder, destination), folders))
    try:
        for phone, gateway in zip(phones, gateways, strict=True):
            phone.url = gateway.url
        destination.fault = slow
        flush(phones)
        destination.fault = FAULTS["none"]
        healed.set()

        for phone in phones:
            assert (phone.queue, phone.discarded, most_sent(phone)) == ({}, {}, 1), phone
        destination.wait_until_taken(good_events(phones))
    finally:
        for gateway in gateways:
            gateway.end()


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_event_is_not_sent_for_ever(
    client: Callable[[str, str], Phone], forwarding: RunningGateway, app: str
) -> None:
    phone = client(forwarding.url, app)
    bad = phone.record("tap", TOO_LONG)

    for _ in range(10):
        phone.flush()

    assert (phone.queue, list(phone.discarded)) == ({}, [bad])
    # That one does not look at the code, and Pinpoint's own texts tell it nothing.
    assert phone.sent[bad] == (4 if client is AwsSdkIos else 1)
