"""The lab: both doors in this process, with real boto3 clients, in a world that fails on demand."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from unittest.mock import patch

from local.database import FILE, Database
from local.event_source import EventSource
from local.queue_message import DEAD_LETTERS, QUEUE, Message, NewMessage
from local.queues import Queues
from local.sqs import SqsApi
from putevents import api_handler, queue_handler
from putevents.breaker import Breaker
from putevents.destinations import Home, pinpoint
from putevents.gateway import Follower, Gateway
from putevents.queue import retry
from putevents.queue.messages import DESTINATIONS
from putevents.settings import Settings
from tests.faults.edges import Ending
from tests.faults.ledger import Balance, Key, Ledger
from tests.faults.world import KilledError, World
from tests.unit.doors import ENVIRONMENT, Context, http_event

QUEUES_AT = "https://sqs.us-east-1.amazonaws.com/123456789012"
SETTINGS = Settings.load(
    ENVIRONMENT
    | {
        "RETRY_QUEUE_URL": f"{QUEUES_AT}/{QUEUE}",
        "DEAD_LETTER_QUEUE_URL": f"{QUEUES_AT}/{DEAD_LETTERS}",
    }
)
SECONDS = {"api": 28.0, "queue": 60.0}
VISIBILITY_SECONDS = 360
MEMORY = Path("/dev/shm")  # noqa: S108 # where there is one
# SQS's limit and ours, ten thousand times smaller, so that the lab comes upon them.
MAX_IN_FLIGHT, MAX_HIDDEN = 12, 10


class LimitedQueues(Queues):
    """Hands out no message while too many are received and not yet deleted, as SQS does."""

    def receive(
        self, queue: str, limit: int, visibility_seconds: int | None = None
    ) -> list[Message]:
        _, in_flight, _ = self.counts(queue)
        room = max(0, MAX_IN_FLIGHT - in_flight) if queue == QUEUE else limit
        return super().receive(queue, min(limit, room), visibility_seconds)


class Lab:
    """One gateway, its clients and their books, in its `world`."""

    followers: tuple[Follower, ...] = ()
    settings = SETTINGS

    def __init__(self, folder: Path, seed: int) -> None:
        self.world = World(Random(seed))  # noqa: S311 # it must come again
        self.ledger = Ledger()
        self.queues = LimitedQueues(Database(folder / FILE), VISIBILITY_SECONDS)
        self._sent: dict[Key, Any] = {}
        self._source = EventSource(self.queues, self._consume, "us-east-1")
        self.retry_queue = retry.RetryQueue(SETTINGS)
        self.destination: Home

    def connect(self) -> None:
        """Make what the gateway delivers to."""
        destination = pinpoint.PinpointDestination()
        hook_client(destination._client, self.world, self.world.ask_pinpoint)
        self.destination = destination

    # --- what is done to the gateway -----------------------------------------------------------

    def put(self, application_id: str, request: Any, seconds: float = SECONDS["api"]) -> Any:
        """A client's request; what it is told, which goes to the ledger too."""
        self.ledger.send(application_id, request)
        for endpoint_id, batch in request["BatchItem"].items():
            for event_id, sent in batch["Events"].items():
                self._sent[application_id, endpoint_id, event_id] = sent
        event = http_event(request, f"/v1/apps/{application_id}/events")
        answer = self._invoke(self.api, event, seconds)
        results = json.loads(answer["body"])["Results"] if answer else {}
        self.ledger.answer(application_id, results)
        return results

    def resend(self) -> None:
        """The clients send again what they were told to, with the ids it had."""
        requests: dict[str, Any] = {}
        for key in self.ledger.kept():
            application_id, endpoint_id, event_id = key
            batch_item = requests.setdefault(application_id, {"BatchItem": {}})["BatchItem"]
            batch = batch_item.setdefault(endpoint_id, {"Endpoint": {}, "Events": {}})
            batch["Events"][event_id] = self._sent[key]
        for application_id, request in requests.items():
            self.put(application_id, request)

    def produce(self, application_id: str, request: Any) -> None:
        """A producer's message, confirmed by SQS."""
        self.ledger.send(application_id, request)
        self.produce_text(json.dumps({"ApplicationId": application_id, "EventsRequest": request}))
        self.ledger.accept(application_id, request)

    def produce_text(self, body: str) -> None:
        self.queues.send(QUEUE, [NewMessage(body, {})])

    def work(self, seconds: float = SECONDS["queue"], *, forget: bool = False) -> None:
        """Give the queue door one batch; `forget` loses its answer, so all of it comes again."""
        self._seconds, self._forget = seconds, forget
        with suppress(KilledError):
            self._source.deliver_due()

    def redrive(self) -> None:
        """What `make redrive` does."""
        for letter in self.queues.receive(DEAD_LETTERS, 10):
            self.queues.send(QUEUE, [NewMessage(letter.body, letter.attributes)])
            self.queues.delete(DEAD_LETTERS, [letter.receipt_handle])

    def redeploy(self) -> None:
        """A new process takes over: nothing that the old one remembered is left."""
        followers = tuple(f._replace(breaker=self._breaker(f.name)) for f in self.followers)
        gateway = Gateway(
            self.settings, self.destination, self.retry_queue, self._breaker(), followers
        )
        self.api = api_handler.make_handler(gateway)
        self._queue_door = queue_handler.make_handler(gateway)

    def _breaker(self, name: str = "") -> Breaker:
        return Breaker(SETTINGS.retry_delay_seconds, lambda: self.world.now, name)

    def recover(self) -> None:
        """All edges are well, clients send again what they kept, and the queue runs empty."""
        self.world.recover()
        self.resend()
        for _ in range(1000):
            if not any(self.queues.counts(QUEUE)):
                return
            self.world.now += 900
            self.work()
        raise AssertionError("the queue does not run empty")

    # --- what is found in the end --------------------------------------------------------------

    def balance(self) -> Balance:
        """Where everything is, as home sees it."""
        return self.balance_of(self.settings.destination[0])

    def balance_of(self, name: str) -> Balance:
        """Where everything is, as a destination sees it."""
        return self.ledger.balance(self.world.has[name], self._bodies(name), self.world.rejected)

    def balances(self) -> dict[str, Balance]:
        """The books of each destination."""
        return {name: self.balance_of(name) for name in self.settings.destination}

    def _bodies(self, destination: str) -> list[str]:
        """The bodies of all messages, dead ones too, that are for a destination."""
        with self.queues._database.transaction() as connection:
            rows = connection.execute("SELECT body, attributes FROM messages").fetchall()
        return [body for body, along in rows if destination in _toward(along, destination)]

    # --- how it is done --------------------------------------------------------------------------

    def _invoke(self, handler: Callable[..., Any], event: Any, seconds: float) -> Any:
        """The handler's answer; None if it did not live to give one."""
        self.world.end = self.world.now + seconds
        Context.seconds_left, before = seconds, Context.seconds_left
        try:
            return handler(event, Context())
        except KilledError:
            return None
        finally:
            Context.seconds_left = before

    def _consume(self, event: Any) -> Any:
        answer = self._invoke(self._queue_door, event, self._seconds)
        if answer is None or self._forget:
            raise KilledError
        return answer


def _toward(attributes: str, everybody: str) -> list[str]:
    named = json.loads(attributes).get(DESTINATIONS, {}).get("StringValue", everybody)
    return str(named).split(",")


LabT = TypeVar("LabT", bound=Lab)


def hook_client(client: Any, world: World, ask: Callable[[Any], Ending]) -> None:
    """Let a boto3 client ask this instead of sending a request."""
    service_id = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-send.{service_id}", world.client_hook(ask))


def running_lab(seed: int = 0) -> AbstractContextManager[Lab]:
    """A lab that both doors stand in until the block ends."""
    return running(Lab, seed)


@contextmanager
def running(kind: type[LabT], seed: int) -> Iterator[LabT]:
    """A lab of this kind."""
    # No test of these needs a disk, for which each message would wait.
    folder = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    lab = kind(folder, seed)
    world, queues = lab.world, lab.queues
    sqs = lab.retry_queue._client
    with (
        patch.object(retry, "MAX_HIDDEN", MAX_HIDDEN),
        patch("putevents.call_deadline.monotonic", lambda: world.now),
        patch("botocore.endpoint.time.sleep", world.sleep),
        patch.object(import_module("putevents.ingest.deliver"), "monotonic", lambda: world.now),
        patch("putevents.wire.arrival.time.time", lambda: world.now),
        patch("putevents.time_left.monotonic", lambda: world.now),
        patch("putevents.ingest.turns.monotonic", lambda: world.now),
        patch("putevents.queue.retry.monotonic", lambda: world.now),
        patch("putevents.wire.arrival.time.time_ns", lambda: int(world.now * 1e9)),
        patch("local.queues._now", lambda: int(world.now * 1000)),
    ):
        hook_client(sqs, world, partial(world.ask_queue, SqsApi(queues)))
        lab.connect()
        lab.redeploy()
        yield lab
    lab.queues._database.close()
    shutil.rmtree(folder)
