"""A storm over a deployed stack: workers killed, its edges failing, redeploys, clients sending."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any, Protocol

from tests.deployed.bodies import EVENT
from tests.deployed.deployed_gateway import APPLICATION, Gateway
from tests.deployed.eventually import eventually
from tests.faults.ledger import Balance, Ledger

Make = Callable[..., str]
CLIENTS = 4
SECONDS = 300.0
EVENTS_A_REQUEST = 100
# Something happens before each request of that number.
CALM = 3


class Weather(Protocol):
    """What can go wrong at an edge of a stack."""

    def faults(self) -> dict[str, Callable[[], None]]:
        """By name, what brings each about; it lasts until the next."""
        ...

    def clear(self) -> None:
        """Let all be well."""
        ...


class Storm:
    """Sends requests from several clients at once; what they were told is in `ledger`."""

    def __init__(self, gateway: Gateway, weather: Weather, seed: int) -> None:
        self.ledger = Ledger()
        self.happened: list[str] = []
        self.killed = 0  # processes
        self._gateway, self._weather = gateway, weather
        self._chance = Random(seed)  # noqa: S311 # it must come again
        self._lock = threading.Lock()
        self._events: dict[str, Callable[[], None]] = {
            "kill workers": self.kill_workers,
            "redeploy": self._redeploy,
            "clear": weather.clear,
            **weather.faults(),
        }

    def ride_out(self, name: str, events: int, make: Make, folder: Path) -> tuple[str, list[str]]:
        """Rage, calm down, redrive; how many were redriven, and the bodies of the dead letters."""
        file = folder / "dead.jsonl"
        self.rage(name, events // EVENTS_A_REQUEST)
        self.calm()
        eventually(lambda: self._gateway.waiting() == 0, SECONDS)
        redriven = make("redrive", "--yes").rpartition(": ")[2].strip()
        eventually(lambda: self._gateway.waiting() == 0, SECONDS)
        make("dead-letters", f"--export={file}")
        return redriven, [json.loads(line)["Body"] for line in file.read_text().splitlines()]

    def tell(self, kind: str, seed: int, redriven: str, balance: Balance) -> None:
        """Print what happened and how the books stand; fail unless they balance."""
        faults = f"faults={len(self.happened)} killed={self.killed} redriven={redriven}"
        print(f"\n  {kind}: SEED={seed} EMULATED_EVENTS={balance.sent} {faults} {balance}")
        assert self.killed
        assert balance.sent == balance.stored + balance.rejected + balance.waiting
        assert balance.lost == balance.kept == balance.again == balance.refused == 0

    def rage(self, name: str, requests: int) -> None:
        """Let clients send so many requests of new events, while things happen."""
        numbers = iter(range(requests))
        with ThreadPoolExecutor(CLIENTS) as pool:
            for client in [pool.submit(self._send_all, name, numbers) for _ in range(CLIENTS)]:
                client.result()

    def calm(self) -> None:
        """All is well; clients send again what they were told to."""
        self._weather.clear()
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
        return self._chance.choice(list(self._events))

    def _happen(self, what: str) -> None:
        self.happened.append(what)
        self._events[what]()

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

    def kill_workers(self) -> None:
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
