"""Models of the mobile clients while the gateway itself cannot keep anything for them."""

from collections.abc import Callable

import pytest

from tests.clients.mobile.aws_sdk_ios import AwsSdkIos
from tests.clients.mobile.destination_faults import FAULTS, Answer, Request
from tests.clients.mobile.failing_destination import Destination
from tests.clients.mobile.fleet import (
    EVENTS,
    bad_events,
    fleet,
    flush,
    good_events,
    most_sent,
)
from tests.clients.mobile.phone import BATCH, Phone

NOBODY = "http://127.0.0.1:1"


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


@pytest.mark.parametrize(
    ("flushes", "kept"),
    [
        (3, [EVENTS - 1, EVENTS - 1, EVENTS - 1, EVENTS - 1, 0]),
        (4, [EVENTS - 1, EVENTS - BATCH, EVENTS - BATCH, EVENTS - 1, 0]),
    ],
)
def test_how_long_each_client_waits_for_the_end_of_an_outage_of_both(
    flushes: int,
    kept: list[int],
    phones: list[Phone],
    destination: Destination,
    end_outage: Callable[[], None],
) -> None:
    """That is each library's own rule; none of them crashes or sends for ever.

    aws-sdk-ios makes all of its four tries within one flush.
    """
    destination.fault = FAULTS["it knows us no more"]
    flush(phones, times=flushes)
    end_outage()
    destination.fault = FAULTS["none"]

    assert [len(phone.queue) for phone in phones] == kept
    left = {
        (phone.endpoint_id, event_id)
        for phone in phones
        for event_id in phone.queue
        if event_id not in bad_events(phone)
    }
    flush(phones, times=2)
    assert [phone.queue for phone in phones] == [{}] * len(phones)
    destination.wait_until_taken(left)


def test_only_aws_sdk_ios_counts_being_offline_as_a_try() -> None:
    phones = fleet(NOBODY, "offline")

    flush(phones, times=4)

    kept = [EVENTS - BATCH if isinstance(phone, AwsSdkIos) else EVENTS for phone in phones]
    assert [len(phone.queue) for phone in phones] == kept
