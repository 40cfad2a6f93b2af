"""What is outside of the gateway: a destination, SQS, the time, and death at any moment.

botocore hands its requests over here instead of to a socket. Behind the clients of destinations are
counters of what was stored (`services.py` has those of AWS), behind the SQS client are the laptop's
queues.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError

from local.sqs import SqsApi
from tests.faults import edges
from tests.faults.edges import Call, Ending, Fault
from tests.faults.ledger import Key, keys
from tests.upstream import accept_all


class KilledError(BaseException):
    """kill -9, as far as one process can play it: no handler of ours may catch it."""


class World:
    """`faults` and `queue` say how these behave; it comes again with the same `chance`."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        # By the destination, and `table` for the lake's other service.
        self.faults: defaultdict[str, Fault] = defaultdict(lambda: edges.well)
        self.has: defaultdict[str, Counter[Key]] = defaultdict(Counter)
        self.rejected: Counter[Key] = Counter()  # the lake's rows of what broke a rule
        self.queue: Fault = edges.well
        self.now = 1_800_000_000.0
        self.end = 0.0  # of the invocation
        self.ran_out = 0  # invocations that Lambda had to end
        self.calls = 0
        self._moments = 0
        self._death: int | None = None

    def recover(self) -> None:
        """All is well from now on."""
        self.faults.clear()
        self.queue = edges.well
        self._death = None

    @property
    def destination(self) -> Fault:
        """How `pinpoint` behaves, for a lab that has no other."""
        return self.faults["pinpoint"]

    @destination.setter
    def destination(self, fault: Fault) -> None:
        self.faults["pinpoint"] = fault

    @property
    def stored(self) -> Counter[Key]:
        """What it has."""
        return self.has["pinpoint"]

    def die_after(self, moments: int | None) -> None:
        """Kill what runs at a moment from now; each call has two, one before and one after it."""
        self._death = None if moments is None else self._moments + moments

    def client_hook(self, ask: Callable[[Any], Ending]) -> Callable[..., Any]:
        """What botocore calls instead of sending a request."""

        def answer(request: Any, **_: Any) -> AWSResponse:
            self.calls += 1
            self.pass_moment()
            try:
                status, body = ask(request)
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

    def ask_pinpoint(self, request: Any) -> Ending:
        """PutEvents."""
        application_id = unquote(urlsplit(request.url).path.split("/")[3])
        asked = json.loads(request.body)
        items = keys(application_id, asked)

        def do(but: set[int]) -> Any:
            self.stored.update(key for n, key in enumerate(items) if n not in but)
            return accept_all(asked)

        return self.destination(Call(items, do, self.chance))

    def ask_queue(self, sqs: SqsApi, request: Any) -> Ending:
        """An action of SQS."""
        action = action_of(request)
        asked = json.loads(request.body)
        items = asked.get("Entries", [asked])

        def do(but: set[int]) -> Any:
            kept = {"Entries": [e for n, e in enumerate(items) if n not in but]}
            body = asked | (kept if "Entries" in asked else {})
            status, answer = sqs.answer(action, json.dumps(body).encode())
            assert status == 200, answer
            return answer

        return self.queue(Call(items, do, self.chance))


def action_of(request: Any) -> str:
    """The operation that a request of AWS's JSON protocol is for."""
    target = request.headers["X-Amz-Target"]
    return str(target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]


class _Raw(BytesIO):
    """A response's body, as botocore reads one."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
