"""One gateway for all the clients; each test uses an application of its own."""

import re
from collections.abc import Iterator

import pytest

from tests.clients.programs import Program
from tests.local.running_gateway import RunningGateway


@pytest.fixture(name="gateway", scope="session")
def _gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """The gateway as `make run` starts it."""
    gateway = RunningGateway(tmp_path_factory.mktemp("clients") / "data")
    yield gateway
    assert gateway.end() == (0, "")


@pytest.fixture(name="app")
def _app(request: pytest.FixtureRequest) -> str:
    """The application id of a test: its own name."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_")).strip("-")


@pytest.fixture(name="run")
def _run(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Runs client programs against the gateway."""
    return Program(gateway.url, tmp_path_factory.mktemp("home"))
