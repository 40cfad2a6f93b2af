"""Gateways for the tests of the laptop's server: one that they share, and their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.local.running_gateway import RunningGateway

StartGateway = Callable[..., RunningGateway]


@pytest.fixture(name="gateway", scope="session")
def _gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway for many tests: each uses an application id of its own."""
    gateway = RunningGateway(
        tmp_path_factory.mktemp("shared") / "data",
        VISIBILITY_TIMEOUT_SECONDS="0",
        RETRY_DELAY_SECONDS="0",
    )
    yield gateway
    status, errors = gateway.end()
    assert (status, errors) == (0, "")


@pytest.fixture(name="start_gateway")
def _start_gateway(tmp_path: Path) -> Iterator[StartGateway]:
    """Starts gateways that end with the test, however it ends."""
    started: list[RunningGateway] = []

    def start(name: str = "data", **settings: str) -> RunningGateway:
        started.append(RunningGateway(tmp_path / name, **settings))
        return started[-1]

    yield start
    for gateway in started:
        if gateway.process.poll() is None:
            gateway.end()
        if gateway.process.stderr and not gateway.process.stderr.closed:
            gateway.ended()
