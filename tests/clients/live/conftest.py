"""What the tests of the live page stand on: one gateway and one browser."""

from collections.abc import Iterator

import pytest

from tests.clients.browsing import CHROMIUM
from tests.clients.live.live_browser import LiveBrowser
from tests.local.running_gateway import RunningGateway


@pytest.fixture(name="live_gateway", scope="session")
def _live_gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway whose retries come soon."""
    gateway = RunningGateway(
        tmp_path_factory.mktemp("live") / "data",
        RETRY_DELAY_SECONDS="1",
        VISIBILITY_TIMEOUT_SECONDS="1",
    )
    yield gateway
    assert gateway.end() == (0, "")


@pytest.fixture(name="browser", scope="session")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBrowser]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed here (another place: CHROMIUM=/path)")
    browser = LiveBrowser(tmp_path_factory.mktemp("home"))
    yield browser
    browser.end()
