"""The functions' processes, and the servers on loopback that kill them at a chosen moment.

Each outside call has two moments: before it is done, and after it is done but not yet answered.
Killed after an answer is killed before the next call.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from local.database import FILE, Database
from local.event_source import EventSource
from local.queue_message import QUEUE, NewMessage
from local.queues import Queues
from local.sqs import SqsApi
from local.sqs_protocols import TARGET
from tests.deployed.putevents_server import ACCEPTED, Call, Reply, Upstream, fail, respond
from tests.faults.ledger import Balance, Key, Ledger
from tests.loopback import LoopbackServer, Request, Response
from tests.unit.doors import ENVIRONMENT, http_event

ROOT = Path(__file__).parents[2]


class KilledError(Exception):
    """The function did not live to answer."""


class Slaughter:
    """Both doors, a destination and queues, each a process or a server of its own."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger()
        self.stored: Counter[Key] = Counter()
        self.upstream = Upstream()
        self.upstream.behaviour = self._deliver
        self.codes: dict[str, int] = {}  # by event id; the destination accepts all others
        self.down: set[str] = set()  # applications for which it fails whole
        self._database = Database(folder / FILE)
        self.queues = Queues(self._database, visibility_seconds=0)
        self._sqs = SqsApi(self.queues)
        self._server = LoopbackServer(self._ask_queue)
        self._source = EventSource(self.queues, self._consume, "us-east-1")
        self._moments = 0
        self._death: int | None = None
        self._victims: SimpleQueue[int] = SimpleQueue()
        self._functions = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.functions"],
            cwd=ROOT,
            env=self._environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def put(self, request: Any, death: int | None = None) -> bool:
        """A client's request; whether it was answered."""
        self.ledger.send("my-app", request)
        try:
            answer = self._invoke("api", http_event(request), death)
        except KilledError:
            return False
        self.ledger.answer("my-app", json.loads(answer["body"])["Results"])
        return True

    def produce(self, application_id: str, request: Any) -> None:
        """A producer's message."""
        body = json.dumps({"ApplicationId": application_id, "EventsRequest": request})
        self.queues.send(QUEUE, [NewMessage(body, {})])
        self.ledger.send(application_id, request)
        self.ledger.accept(application_id, request)

    def work(self, death: int | None = None) -> bool:
        """Give the queue door one batch; whether it was answered."""
        self._death_of_batch, self.answered = death, True
        self._source.deliver_due()
        return self.answered

    def drain(self) -> Balance:
        """Let everything be well, and the queue run empty."""
        self.codes, self.down = {}, set()
        while any(self.queues.counts(QUEUE)):
            self.work()
        return self.balance()

    def balance(self) -> Balance:
        with self._database.transaction() as connection:
            bodies = [body for (body,) in connection.execute("SELECT body FROM messages")]
        return self.ledger.balance(self.stored, bodies)

    def end(self) -> None:
        assert self._functions.stdin
        assert self._functions.stdout
        self._functions.stdin.close()
        self._functions.wait()
        self._functions.stdout.close()
        self._server.stop()
        self.upstream.stop()
        self._database.close()

    def _invoke(self, door: str, event: Any, death: int | None) -> Any:
        self._moments, self._death, answer = 0, death, None
        self._victims = SimpleQueue()
        assert self._functions.stdin
        assert self._functions.stdout
        print(json.dumps({"door": door, "event": event}), file=self._functions.stdin, flush=True)
        for line in self._functions.stdout:
            said = json.loads(line)
            answer = said.get("answer", answer)
            if "pid" in said:
                self._victims.put(said["pid"])
            if "ended" in said:
                break
        if said["ended"]:
            assert said["ended"] == -signal.SIGKILL
            raise KilledError
        return answer

    def _consume(self, event: Any) -> Any:
        try:
            return self._invoke("queue", event, self._death_of_batch)
        except KilledError:
            self.answered = False
            raise

    def _survives(self) -> bool:
        """Whether the function lives on after this moment."""
        dies = self._moments == self._death
        self._moments += 1
        if dies:
            os.kill(self._victims.get(), signal.SIGKILL)
        return not dies

    def _deliver(self, call: Call) -> Reply:
        reply = fail(403, "ForbiddenException")(call)
        if not self._survives():
            return reply
        if call.application_id not in self.down:
            codes = {key: self.codes.get(key[2], 202) for key in call.events}
            self.stored.update(key for key, code in codes.items() if code == 202)
            reply = respond(call, lambda key: ACCEPTED if codes[key] == 202 else _no(codes[key]))
        self._survives()
        return reply

    def _ask_queue(self, request: Request) -> Response:
        if not self._survives():
            return Response(500, b"{}")
        action = request.headers.get("x-amz-target", "").removeprefix(TARGET)
        status, answer = self._sqs.answer(action, request.body)
        self._survives()
        return Response(status, json.dumps(answer).encode())

    def _environment(self) -> dict[str, str]:
        return ENVIRONMENT | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'lambda_src'}:{ROOT}",
            "RETRY_DELAY_SECONDS": "0",
            "RETRY_QUEUE_URL": f"{self._server.url}/queue",
            "DEAD_LETTER_QUEUE_URL": f"{self._server.url}/dead-letters",
            "AWS_ENDPOINT_URL_SQS": self._server.url,
            "AWS_ENDPOINT_URL_PINPOINT": self.upstream.url,
        }


def _no(code: int) -> dict[str, Any]:
    return {"StatusCode": code, "Message": "no"}


@contextmanager
def slaughter(folder: Path) -> Iterator[Slaughter]:
    """Functions to be killed, until the block ends."""
    running = Slaughter(folder)
    try:
        yield running
    finally:
        running.end()
