"""What every unit test stands on: a known environment, no sockets but loopback."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

from tests.unit.captured_log import Log, captured_log
from tests.unit.doors import ENVIRONMENT, Doors, FakeDestination, FakeQueue

# The developer's own AWS settings must not change a result.
for name in [name for name in os.environ if name.startswith(("AWS_", "POWERTOOLS_"))]:
    del os.environ[name]
os.environ.update(ENVIRONMENT)


# For `make faults`; speed is no property of what is tested.
settings.register_profile("thorough", max_examples=10_000, deadline=None)


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture(name="destination")
def _destination() -> FakeDestination:
    """What both doors deliver to, for this test."""
    return FakeDestination()


@pytest.fixture(name="queue")
def _queue() -> FakeQueue:
    """What both doors queue on, for this test."""
    return FakeQueue()


@pytest.fixture(name="doors")
def _doors(destination: FakeDestination, queue: FakeQueue) -> Doors:
    """Both doors, for this test."""
    return Doors(destination, queue)


@pytest.fixture(name="log")
def _log() -> Iterator[Log]:
    with captured_log() as log:
        yield log
