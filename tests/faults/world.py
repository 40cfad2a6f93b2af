"""What is outside of the gateway: a destination, SQS, the time, and death at any moment.

botocore hands its requests over here instead of to a socket. Behind the Pinpoint client is a
counter of what was stored, behind the SQS client are the laptop's queues.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from local.queues import Queues
from local.sqs import SqsApi
from local.sqs_protocols import TARGET
from tests.faults import edges
from tests.faults.edges import Call, Ending, Fault
from tests.faults.ledger import Key, keys
from tests.upstream import accept_all


class KilledError(BaseException):
    """kill -9, as far as one process can play it: no handler of ours may catch it."""


class World:
    """`destination` and `queue` say how these behave; it comes again with the same `chance`."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.stored: Counter[Key] = Counter()
        self.destination: Fault = edges.well  # home
        self.follower: Fault = edges.well
        self.followed: Counter[Key] = Counter()  # what the follower has stored
        self.queue: Fault = edges.well
        self.now = 1_800_000_000.0
        self.end = 0.0  # of the invocation
        self.ran_out = 0  # invocations that Lambda had to end
        self.calls = 0
        self._moments = 0
        self._death: int | None = None

    def recover(self) -> None:
        """All is well from now on."""
        self.destination = self.follower = self.queue = edges.well
        self._death = None

    def die_after(self, moments: int | None) -> None:
        """Kill what runs at a moment from now; each call has two, one before and one after it."""
        self._death = None if moments is None else self._moments + moments

    def client_hook(self, service: str, queues: Queues) -> Callable[..., Any]:
        """What botocore calls instead of sending a request to this service."""
        sqs = SqsApi(queues)

        def answer(request: Any, **_: Any) -> AWSResponse:
            self.calls += 1
            self.pass_moment()
            try:
                if service == "pinpoint":
                    status, body = self._deliver(request)
                else:
                    status, body = self._ask_queue(sqs, request)
            except ReadTimeoutError:
                self.sleep(request.context["read_timeout"])
                raise
            self.pass_moment()
            headers: Any = {"Content-Type": "application/json"}
            return AWSResponse(request.url, status, headers, _Raw(body))

        return answer

    def pass_moment(self) -> None:
        """Die now, if it is time."""
        if self._death is not None and self._moments >= self._death:
            self._death = None
            raise KilledError
        self._moments += 1

    def sleep(self, seconds: float) -> None:
        """Let time pass, for an edge that hangs or before a second try."""
        self.now += seconds
        if self.now > self.end:
            self.ran_out += 1
            raise KilledError

    def _deliver(self, request: Any) -> Ending:
        application_id = unquote(urlsplit(request.url).path.split("/")[3])
        asked = json.loads(request.body)
        items = keys(application_id, asked)

        def do(but: set[int]) -> Any:
            self.stored.update(key for n, key in enumerate(items) if n not in but)
            return accept_all(asked)

        return self.destination(Call(items, do, self.chance))

    def _ask_queue(self, sqs: SqsApi, request: Any) -> Ending:
        target = request.headers["X-Amz-Target"]
        action = (target.decode() if isinstance(target, bytes) else target).removeprefix(TARGET)
        asked = json.loads(request.body)
        items = asked.get("Entries", [asked])

        def do(but: set[int]) -> Any:
            kept = {"Entries": [e for n, e in enumerate(items) if n not in but]}
            body = asked | (kept if "Entries" in asked else {})
            status, answer = sqs.answer(action, json.dumps(body).encode())
            assert status == 200, answer
            return answer

        return self.queue(Call(items, do, self.chance))


class _Raw(BytesIO):
    """A response's body, as botocore reads one."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
