"""What the tests of clients stand on: gateways, the clients to drive, and an application each."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from tests.clients.aws_cli import VERSION_1, Aws, File, version_2
from tests.clients.browsing import CHROMIUM, Browse
from tests.clients.forwarding import forwarding_gateway
from tests.clients.mobile.destination_faults import FAULTS
from tests.clients.mobile.failing_destination import Destination, running_destination
from tests.clients.mobile.fleet import fleet
from tests.clients.mobile.phone import Phone
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
    """The application id of a test: its own name, with room for more in an id's 40 characters."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_")).strip("-")
    return name if len(name) <= 36 else f"{name[:27]}-{crc32(name.encode()):08x}"


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


@pytest.fixture(name="program", params=["v1", "v2"])
def _program(request: pytest.FixtureRequest) -> Path:
    return VERSION_1 if request.param == "v1" else version_2()


@pytest.fixture(name="aws")
def _aws(program: Path, run: Program) -> Aws:
    """`aws pinpoint ... --endpoint-url GATEWAY`: its JSON, after it has ended without complaint."""
    return lambda *options: run.json(program, "pinpoint", *options, "--endpoint-url", run.url)


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> File:
    """Writes JSON to a file; how the CLI wants it named."""

    def write(content: Any) -> str:
        path = tmp_path / "request.json"
        path.write_text(json.dumps(content, ensure_ascii=False))
        return f"file://{path}"

    return write


@pytest.fixture(name="destination", scope="module")
def _destination() -> Iterator[Destination]:
    with running_destination() as destination:
        yield destination


@pytest.fixture(name="forwarding", scope="module")
def _forwarding(
    destination: Destination, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningGateway]:
    gateway = forwarding_gateway(tmp_path_factory.mktemp("forwarding"), destination)
    yield gateway
    gateway.end()


@pytest.fixture(name="phones")
def _phones(forwarding: RunningGateway, destination: Destination, app: str) -> list[Phone]:
    destination.fault = FAULTS["none"]
    return fleet(forwarding.url, app)


@pytest.fixture(name="end_outage")
def _end_outage(forwarding: RunningGateway) -> Iterator[Callable[[], None]]:
    """The queue fails, its file being out of reach, until this function is called."""
    away = forwarding.data_dir.with_name("away")
    forwarding.data_dir.rename(away)

    def end() -> None:
        if away.exists():
            away.rename(forwarding.data_dir)

    yield end
    end()
