"""Models of the mobile clients, fed by the gateway's own answers while all sorts of things fail.

No event that the user could have kept is lost, none is sent for ever, no client crashes.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.clients.mobile.aws_sdk_ios import AwsSdkIos
from tests.clients.mobile.destination import Destination, running_destination
from tests.clients.mobile.faults import FAULTS, Answer, Request
from tests.clients.mobile.fleet import (
    CLIENTS,
    EVENTS,
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


def forwarding_gateway(folder: Path, destination: Destination) -> RunningGateway:
    """A gateway that delivers to the destination, and tries again after two seconds."""
    return RunningGateway(
        folder / "data",
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT=destination.url,
        RETRY_DELAY_SECONDS="2",
        VISIBILITY_TIMEOUT_SECONDS="2",
    )


@pytest.fixture(name="destination", scope="module")
def _destination() -> Iterator[Destination]:
    with running_destination() as destination:
        yield destination


@pytest.fixture(name="forwarding", scope="module")
def _forwarding(
    destination: Destination, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    gateway = forwarding_gateway(tmp_path_factory.mktemp("forwarding"), destination)
    yield gateway
    gateway.end()


@pytest.fixture(name="phones")
def _phones(forwarding: RunningGateway, destination: Destination, app: str) -> list[Phone]:
    destination.fault = FAULTS["none"]
    return fleet(forwarding.url, app)


@pytest.fixture(name="end_outage")
def _end_outage(forwarding: RunningGateway) -> Iterator[Callable[[], None]]:
    """The queue fails, its file being out of reach, until this function is called."""
    away = forwarding.data_dir.with_name("away")
    forwarding.data_dir.rename(away)

    def end() -> None:
        if away.exists():
            away.rename(forwarding.data_dir)

    yield end
    end()


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


def test_all_keep_everything_while_the_gateway_cannot_be_reached(
    phones: list[Phone], destination: Destination
) -> None:
    for phone in phones:
        phone.url, url = NOBODY, phone.url
        for _ in range(3):
            phone.flush()
        assert (len(phone.queue), phone.discarded) == (EVENTS, {}), phone
        phone.url = url

    flush(phones, times=2)

    assert [phone.queue for phone in phones] == [{}] * len(phones)
    destination.wait_until_taken(good_events(phones))


def test_with_the_queue_down_too_a_second_try_saves_all(
    phones: list[Phone], destination: Destination, end_outage: Callable[[], None]
) -> None:
    """Each phone's first request fails; what it keeps of it goes through with a later one."""
    failed: set[str] = set()

    def fail_once_each(request: Request) -> Answer:
        fault = "none" if failed >= request["BatchItem"].keys() else "it knows us no more"
        failed.update(request["BatchItem"])
        return FAULTS[fault](request)

    destination.fault = fail_once_each
    flush(phones, times=4)
    end_outage()

    for phone in phones:
        assert (phone.queue, list(phone.discarded)) == ({}, bad_events(phone)), phone
        assert most_sent(phone) == 2, phone
    destination.wait_until_taken(good_events(phones))


def test_how_long_each_client_waits_for_the_end_of_an_outage_of_both(
    phones: list[Phone], destination: Destination, end_outage: Callable[[], None]
) -> None:
    """That is each library's own rule; none of them crashes or sends for ever."""
    destination.fault = FAULTS["it knows us no more"]
    flush(phones, times=3)
    end_outage()
    destination.fault = FAULTS["none"]
    kept = {type(phone): len(phone.queue) for phone in phones}
    flush(phones, times=2)

    # aws-sdk-ios makes all of its four tries within one flush.
    assert kept == {client: 0 if client is AwsSdkIos else EVENTS - 1 for client in CLIENTS}
    assert [phone.queue for phone in phones] == [{}] * len(phones)
    patient = [phone for phone in phones if not isinstance(phone, AwsSdkIos)]
    destination.wait_until_taken(good_events(patient))
