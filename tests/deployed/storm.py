"""A storm over the deployed stack: workers killed, Pinpoint failing, redeploys, clients sending."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from random import Random
from typing import Any

from tests.deployed.bodies import EVENT
from tests.deployed.gateway import APPLICATION, Gateway
from tests.deployed.upstream import (
    ACCEPTED,
    Behaviour,
    Call,
    Reply,
    Upstream,
    accept,
    fail,
    respond,
)
from tests.faults.ledger import Ledger

CLIENTS = 4
EVENTS_A_REQUEST = 100
# Something happens before each request of that number.
CALM = 3


class Storm:
    """Sends requests from several clients at once; what they were told is in `ledger`."""

    def __init__(self, gateway: Gateway, upstream: Upstream, seed: int) -> None:
        self.ledger = Ledger()
        self.happened: list[str] = []
        self.killed = 0  # processes
        self._gateway, self._upstream = gateway, upstream
        self._chance = Random(seed)  # noqa: S311 # it must come again
        self._lock = threading.Lock()
        self._events: dict[str, Callable[[], None]] = {
            "kill workers": self._kill_workers,
            "redeploy": self._redeploy,
            "stop": upstream.stop,
            "recover": upstream.recover,
        }
        self._behaviours: dict[str, Behaviour] = {
            "whole 500": fail(500, "InternalServerErrorException"),
            "whole 429": fail(429, "TooManyRequestsException"),
            "whole 403": fail(403, "ForbiddenException"),
            "500 for some": _some(500),
            "no answer for some": _some(None),
            "half an answer": _half,
            "kill in mid-call": self._kill_in_mid_call,
        }

    def rage(self, name: str, requests: int) -> None:
        """Let clients send so many requests of new events, while things happen."""
        numbers = iter(range(requests))
        with ThreadPoolExecutor(CLIENTS) as pool:
            for client in [pool.submit(self._send_all, name, numbers) for _ in range(CLIENTS)]:
                client.result()

    def calm(self) -> None:
        """All is well; clients send again what they were told to."""
        self._upstream.recover()
        while kept := self.ledger.kept()[:EVENTS_A_REQUEST]:
            batch_item: dict[str, Any] = {}
            for _, endpoint_id, event_id in kept:
                batch = batch_item.setdefault(endpoint_id, {"Endpoint": {}, "Events": {}})
                batch["Events"][event_id] = _event(event_id)
            self._put({"BatchItem": batch_item})

    def _send_all(self, name: str, numbers: Iterator[int]) -> None:
        while (number := self._next(numbers)) is not None:
            ids = [f"{number}-{n}" for n in range(EVENTS_A_REQUEST)]
            events = {event_id: _event(event_id) for event_id in ids}
            batch = {"Endpoint": {"OptOut": "NONE"}, "Events": events}
            self._put({"BatchItem": {f"{name}-{number}": batch}})

    def _next(self, numbers: Iterator[int]) -> int | None:
        with self._lock:
            number = next(numbers, None)
            if number is not None and number % CALM == 0:
                # Between other things, workers are killed while the other clients wait for them.
                self._happen("kill workers" if number % (2 * CALM) else self._choose())
            return number

    def _choose(self) -> str:
        return self._chance.choice([*self._events, *self._behaviours])

    def _happen(self, what: str) -> None:
        self.happened.append(what)
        if what in self._events:
            self._events[what]()
        else:
            self._upstream.recover()
            self._upstream.behaviour = self._behaviours[what]

    def _put(self, request: Any) -> None:
        with self._lock:
            self.ledger.send(APPLICATION, request)
        try:
            answer = self._gateway.put_events(request)
        except (OSError, HTTPException):
            return  # no answer: the client keeps all of it
        if answer.status == 202:
            with self._lock:
                self.ledger.answer(APPLICATION, answer.json["Results"])

    def _kill_workers(self) -> None:
        """kill -9 every process that runs a function now."""
        emulator = self._gateway.deployment.emulator.pid
        listed = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid="], check=True, text=True, stdout=subprocess.PIPE
        ).stdout
        for pid, parent in (map(int, line.split()) for line in listed.splitlines()):
            if parent == emulator:
                with suppress(ProcessLookupError):  # it was killed by another call's
                    os.kill(pid, signal.SIGKILL)
                    self.killed += 1

    def _kill_in_mid_call(self, call: Call) -> Reply:
        """The events are taken, and whoever brought them dies before it hears so."""
        self._kill_workers()
        return accept(call)

    def _redeploy(self) -> None:
        configure(self._gateway, VERSION=str(len(self.happened)))


def configure(gateway: Gateway, **variables: str) -> None:
    """Give both functions a new environment, as `cdk deploy` does."""
    functions = gateway.deployment.emulator.client("lambda")
    for function in functions.list_functions()["Functions"]:
        before = function["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=function["FunctionName"],
            Environment={"Variables": before | variables},
        )


def _event(event_id: str) -> dict[str, str]:
    """The first of each request lacks all that an event must have."""
    return {} if event_id.endswith("-0") else EVENT


def _some(code: int | None) -> Behaviour:
    """Every third event is not taken."""
    item = {"StatusCode": code, "Message": "no"} if code else None

    def behaviour(call: Call) -> Reply:
        third = set(list(call.events)[::3])
        return respond(call, lambda key: item if key in third else ACCEPTED)

    return behaviour


def _half(call: Call) -> Reply:
    """Half of the answer arrives."""
    reply = accept(call)
    return Reply(reply.status, reply.body[: len(reply.body) // 2])
