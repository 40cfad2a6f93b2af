"""One phone of each kind, with more than a batch of events, one of them bad."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.clients.mobile.amplify_android import AmplifyAndroid
from tests.clients.mobile.amplify_flutter import AmplifyFlutter
from tests.clients.mobile.amplify_swift import AmplifySwift
from tests.clients.mobile.aws_sdk_android import AwsSdkAndroid
from tests.clients.mobile.aws_sdk_ios import AwsSdkIos
from tests.clients.mobile.failing_destination import Taken
from tests.clients.mobile.phone import Phone

CLIENTS: Sequence[type[Phone]] = (
    AmplifyAndroid,
    AmplifySwift,
    AmplifyFlutter,
    AwsSdkAndroid,
    AwsSdkIos,
)
EVENTS = 120
TOO_LONG = {"k" * 51: "v"}  # an attribute's name that Pinpoint refused
_BAD = 50  # the bad one among them


def fleet(url: str, application_id: str, events: int = EVENTS) -> list[Phone]:
    """The phones, each under an endpoint id that no other test uses."""
    phones = [client(url, application_id) for client in CLIENTS]
    for phone in phones:
        phone.endpoint_id += f"-{application_id}"
        for number in range(events):
            phone.record("tap", TOO_LONG if number == _BAD else None)
    return phones


def bad_events(phone: Phone) -> list[str]:
    """The one that must be refused, if the phone has recorded that many."""
    return phone.recorded[_BAD : _BAD + 1]


def good_events(phones: Sequence[Phone]) -> Taken:
    return {
        (phone.endpoint_id, event_id)
        for phone in phones
        for event_id in phone.recorded
        if event_id not in bad_events(phone)
    }


def most_sent(phone: Phone) -> int:
    """How often the phone has sent the good event that it has sent most often."""
    return max(phone.sent[event_id] for _, event_id in good_events([phone]))


def flush(phones: Sequence[Phone], times: int = 1) -> None:
    """Let all phones flush at once, each so many times; a crash of one of them is raised here."""

    def flush_one(phone: Phone) -> None:
        for _ in range(times):
            phone.flush()

    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(flush_one, phones))
