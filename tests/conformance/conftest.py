"""The gateway of `make run` that the cases are tried on."""

from collections.abc import Iterator

import botocore.session
import pytest

from commands.conformance.conformance_command import NEEDS
from commands.conformance.conformance_requests import Server
from commands.send.client import Client
from tests.local.running_gateway import RunningGateway

ORIGIN = "https://app.example.com"


@pytest.fixture(name="gateway", scope="session")
def _gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """It serves one application, and one page may call it."""
    folder = tmp_path_factory.mktemp("conformance") / "data"
    gateway = RunningGateway(folder, APPLICATION_IDS="my-app", CORS_ORIGINS=ORIGIN)
    yield gateway
    assert gateway.end() == (0, "")


@pytest.fixture(name="server", scope="session")
def _server(gateway: RunningGateway) -> Server:
    """The same, as the command sees it."""
    session = botocore.session.Session()
    return Server(
        url=gateway.url,
        client=Client(gateway.url, lambda _: None, session=session, connections=1),
        application_id="my-app",
        origin=ORIGIN,
        headers={},
        has=frozenset(NEEDS) - {"auth"},
    )
