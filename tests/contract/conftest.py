"""The gateway of `make run` that the tests of the contract share."""

from collections.abc import Iterator

import pytest

from tests.local.running_gateway import RunningGateway


@pytest.fixture(name="gateway", scope="session")
def _gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """It serves one application, so that another is not found."""
    gateway = RunningGateway(tmp_path_factory.mktemp("contract") / "data", APPLICATION_IDS="my-app")
    yield gateway
    assert gateway.end() == (0, "")
