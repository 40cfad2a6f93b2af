"""Models of the mobile clients, fed by the gateway's own answers while all sorts of things fail.

No event that the user could have kept is lost, none is sent for ever, no client crashes.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.clients.mobile.amplify_android import AmplifyAndroid
from tests.clients.mobile.amplify_flutter import AmplifyFlutter
from tests.clients.mobile.amplify_swift import AmplifySwift
from tests.clients.mobile.aws_sdk_android import AwsSdkAndroid
from tests.clients.mobile.aws_sdk_ios import AwsSdkIos
from tests.clients.mobile.destination import Destination, Taken, running_destination
from tests.clients.mobile.faults import FAULTS, Request
from tests.clients.mobile.phone import Phone
from tests.local.running_gateway import SECONDS, RunningGateway

CLIENTS = (AmplifyAndroid, AmplifySwift, AmplifyFlutter, AwsSdkAndroid, AwsSdkIos)
EVENTS = 120  # more than a batch
TOO_LONG = {"k" * 51: "v"}  # an attribute's name that Pinpoint refused


@pytest.fixture(name="destination", scope="module")
def _destination() -> Iterator[Destination]:
    with running_destination() as destination:
        yield destination


@pytest.fixture(name="forwarding", scope="module")
def _forwarding(
    destination: Destination, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    """A gateway that delivers to that destination, and tries again after two seconds."""
    gateway = RunningGateway(
        tmp_path_factory.mktemp("forwarding") / "data",
        DESTINATION="pinpoint",
        AWS_ENDPOINT_URL_PINPOINT=destination.url,
        RETRY_DELAY_SECONDS="2",
        VISIBILITY_TIMEOUT_SECONDS="2",
    )
    yield gateway
    gateway.end()


@pytest.fixture(name="phones")
def _phones(forwarding: RunningGateway, destination: Destination, app: str) -> list[Phone]:
    """One phone of each kind with more than a batch of events, one of them bad."""
    destination.fault = FAULTS["none"]
    phones = [client(forwarding.url, app) for client in CLIENTS]
    for phone in phones:
        phone.endpoint_id += f"-{app}"
        for number in range(EVENTS):
            phone.record("tap", TOO_LONG if number == EVENTS // 2 else None)
    return phones


def bad_event(phone: Phone) -> str:
    return phone.event_id(EVENTS // 2 + 1)


def good_events(phones: list[Phone]) -> Taken:
    return {
        (phone.endpoint_id, phone.event_id(number))
        for phone in phones
        for number in range(1, EVENTS + 1)
        if phone.event_id(number) != bad_event(phone)
    }


def flush(phones: list[Phone], times: int = 1) -> None:
    """Let all phones flush, each by itself; a crash of one of them is raised here."""

    def flush_one(phone: Phone) -> None:
        for _ in range(times):
            phone.flush()

    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(flush_one, phones))


@pytest.mark.parametrize("fault", list(FAULTS))
def test_whatever_the_destination_does_each_event_is_sent_once(
    fault: str, phones: list[Phone], destination: Destination
) -> None:
    destination.fault = FAULTS[fault]
    flush(phones, times=2)
    destination.fault = FAULTS["none"]

    for phone in phones:
        assert (phone.queue, list(phone.discarded)) == ({}, [bad_event(phone)]), phone
        sent_again = {i: n for i, n in phone.sent.items() if n > 1 and i != bad_event(phone)}
        assert sent_again == {}, phone
    destination.wait_until_taken(good_events(phones))


def test_nor_while_it_is_slower_than_anybody_waits(
    phones: list[Phone], destination: Destination
) -> None:
    healed = Event()

    def slow(request: Request) -> tuple[int, object] | None:
        healed.wait(SECONDS)
        return None

    destination.fault = slow
    flush(phones, times=2)
    destination.fault = FAULTS["none"]
    healed.set()

    assert [phone.queue for phone in phones] == [{}] * len(phones)
    assert max(phone.sent[i] for phone in phones for _, i in good_events([phone])) == 1
    destination.wait_until_taken(good_events(phones))


@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_event_is_not_sent_for_ever(
    client: Callable[[str, str], Phone], forwarding: RunningGateway, app: str
) -> None:
    phone = client(forwarding.url, app)
    bad = phone.record("tap", TOO_LONG)

    for _ in range(10):
        phone.flush()

    assert (phone.queue, list(phone.discarded)) == ({}, [bad])
    # This one does not look at the code, and Pinpoint's own texts tell it nothing.
    assert phone.sent[bad] == (4 if client is AwsSdkIos else 1)


def test_all_keep_everything_while_the_gateway_cannot_be_reached(
    phones: list[Phone], destination: Destination
) -> None:
    for phone in phones:
        phone.url, url = "http://127.0.0.1:1", phone.url
        for _ in range(3):
            phone.flush()
        assert (len(phone.queue), phone.discarded) == (EVENTS, {}), phone
        phone.url = url

    flush(phones, times=2)

    assert [phone.queue for phone in phones] == [{}] * len(phones)
    destination.wait_until_taken(good_events(phones))


@pytest.fixture(name="outage")
def _outage(forwarding: RunningGateway) -> Iterator[Callable[[], None]]:
    """The queue fails too: its file is out of reach until the fixture's function is called."""
    away = forwarding.data_dir.with_name("away")
    forwarding.data_dir.rename(away)

    def end() -> None:
        if away.exists():
            away.rename(forwarding.data_dir)

    yield end
    end()


def test_with_the_queue_down_too_a_second_try_saves_all(
    phones: list[Phone], destination: Destination, outage: Callable[[], None]
) -> None:
    """Each phone's first request fails; what it keeps of it goes through with a later one."""
    seen: set[str] = set()

    def fail_once_each(request: Request) -> tuple[int, object] | None:
        [endpoint_id] = request["BatchItem"]
        first = endpoint_id not in seen
        seen.add(endpoint_id)
        return FAULTS["it knows us no more" if first else "none"](request)

    destination.fault = fail_once_each
    flush(phones, times=4)
    outage()

    for phone in phones:
        assert (phone.queue, list(phone.discarded)) == ({}, [bad_event(phone)]), phone
        assert max(phone.sent[i] for _, i in good_events([phone])) <= 2, phone
    destination.wait_until_taken(good_events(phones))


def test_what_each_client_makes_of_an_outage_of_both(
    phones: list[Phone], destination: Destination, outage: Callable[[], None]
) -> None:
    """How long an event is kept is each library's own rule; none of them crashes or loops."""
    destination.fault = FAULTS["it knows us no more"]
    flush(phones, times=3)
    outage()
    destination.fault = FAULTS["none"]
    kept = {type(phone): len(phone.queue) for phone in phones}
    flush(phones, times=2)

    assert kept == {
        AmplifyAndroid: EVENTS - 1,
        AmplifySwift: EVENTS - 1,
        AmplifyFlutter: EVENTS - 1,
        AwsSdkAndroid: EVENTS - 1,
        AwsSdkIos: 0,  # its four tries follow each other within one flush
    }
    assert [phone.queue for phone in phones] == [{}] * len(phones)
    patient = [phone for phone in phones if not isinstance(phone, AwsSdkIos)]
    destination.wait_until_taken(good_events(patient))
