"""One gateway over what is outside, and the cases that bytes describe.

The first byte says whether a body is made from choices (even) or stands in the bytes (odd), the
next fifteen how everything around it behaves, and the rest is the body, or its choices.
"""

from collections.abc import Callable
from typing import Any

from putevents.api_handler import ApiHandler
from putevents.breaker import Breaker
from putevents.gateway import Gateway
from putevents.queue.retry import RetryQueue
from putevents.queue_handler import QueueHandler
from tests.fuzz.bodies_made import Known, Made
from tests.fuzz.choices import Choices
from tests.fuzz.envelopes import MAX_REQUEST_BYTES, Body, encoded, of_bytes
from tests.fuzz.log_lines import LogLines
from tests.fuzz.outside import Outside
from tests.fuzz.readings import Asked, asked
from tests.unit.doors import Context, LateContext, settings

HEAD = 16


class Lab:
    """One gateway, and what is outside of it, for every case of a target."""

    def __init__(self) -> None:
        self.outside, queue = Outside(), RetryQueue(settings())
        vars(queue)["_client"] = self.outside
        self.gateway = Gateway(settings(), self.outside, queue, Breaker(seconds=30))
        self.api, self.queue = ApiHandler(self.gateway), QueueHandler(self.gateway)
        self.log = LogLines()

    def begin(self, data: bytes) -> tuple[Choices, bytes, bool]:
        """Return what is around a body, the bytes of it, and whether it is made from choices."""
        around = Choices(data[1:HEAD])
        self.outside.reset(around)
        for application_id in ("my-app", "other-app"):
            self.gateway.breaker.close(application_id)
        return around, data[HEAD:], not (data[0] & 1 if data else 0)

    @property
    def context(self) -> Any:
        return LateContext() if self.outside.is_late else Context()

    def end(self) -> None:
        """Look through the log."""
        self.log.check(answers_are_garbage=self.outside.mood == 7)


def body_of(
    lab: Lab, data: bytes, make: Callable[[Choices], Made]
) -> tuple[Body, Known | None, Choices]:
    around, rest, is_made = lab.begin(data)
    if not is_made:
        return of_bytes(rest), None, around
    made = make(Choices(rest))
    body = encoded(made.text, around)
    return body, made.known if body.text == made.text else None, around


def asked_of(body: Body) -> Asked:
    if body.text is None:
        return Asked(None, {})
    is_large = (
        len(body.text) * 4 > MAX_REQUEST_BYTES and len(body.text.encode()) > MAX_REQUEST_BYTES
    )
    return Asked(413, {}) if is_large else asked(body.text)
