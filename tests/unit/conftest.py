"""What every unit test stands on: a known environment, no sockets but loopback."""

import os
from math import inf

import pytest
from pytest_socket import socket_allow_hosts

from tests.unit.doors import ENVIRONMENT, FakeDestination, FakeQueue

# The developer's own AWS settings must not change a result.
for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
    del os.environ[name]
os.environ.update(ENVIRONMENT)


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the start of an invocation, however long ago another test began one."""
    from putevents.time_left import time_left

    monkeypatch.setattr(time_left, "_end", inf)


@pytest.fixture(name="destination")
def _destination(monkeypatch: pytest.MonkeyPatch) -> FakeDestination:
    """What both doors deliver to, for this test."""
    from putevents import gateway  # reads the environment that stands above
    from putevents.breaker import Breaker

    destination = FakeDestination()
    monkeypatch.setattr(gateway, "destination", destination)
    monkeypatch.setattr(gateway, "breaker", Breaker(seconds=30))
    return destination


@pytest.fixture(name="queue")
def _queue(monkeypatch: pytest.MonkeyPatch) -> FakeQueue:
    """What both doors queue on, for this test."""
    from putevents import gateway

    queue = FakeQueue()
    monkeypatch.setattr(gateway, "retry_queue", queue)
    return queue
