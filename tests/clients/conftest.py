"""One gateway for all the clients; each test uses an application of its own."""

import re
from collections.abc import Iterator

import pytest

from tests.clients.browsing import CHROMIUM, Browse
from tests.clients.command import Command
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


@pytest.fixture(name="browse")
def _browse(gateway: RunningGateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browse]:
    """Visits to an app that is pointed at the gateway; its browsers stay until the test ends."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed here (another place: CHROMIUM=/path)")
    browse = Browse(gateway.url, tmp_path_factory.mktemp("home"))
    yield browse
    browse.end()


@pytest.fixture(name="put_events")
def _put_events(run: Program) -> Command:
    """Runs the put-events command against the gateway."""
    return Command(run, run.url)
