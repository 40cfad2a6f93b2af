"""A destination that can be made to fail, and that tells when it has taken all it should."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from tests.clients.mobile.destination_faults import FAULTS, Answer, Fault, Request, accepted_by
from tests.local.running_gateway import SECONDS
from tests.upstream import running_upstream

Taken = set[tuple[str, str]]  # (endpoint id, event id)


class Destination:
    """What it has accepted is in `taken`; `fault` says how it answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.fault: Fault = FAULTS["none"]
        self.calls = 0
        self.taken: Taken = set()
        self._changed = Condition()

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        answer = self.fault(request)
        with self._changed:
            self.calls += 1
            self.taken |= {
                (endpoint_id, event_id)
                for endpoint_id in request["BatchItem"]
                for event_id in accepted_by(request, answer)
            }
            self._changed.notify_all()
        return answer

    def wait_until_taken(self, events: Taken) -> None:
        """Wait for the last of the events."""
        with self._changed:
            self._changed.wait_for(lambda: events <= self.taken, SECONDS)
            missing = events - self.taken
        assert not missing, f"{len(missing)} events were lost, as {sorted(missing)[:3]}"


@contextmanager
def running_destination() -> Iterator[Destination]:
    """A Destination that listens until the block ends."""
    with running_upstream() as upstream:
        destination = Destination(upstream.url)
        upstream.answer = destination.answer
        yield destination
