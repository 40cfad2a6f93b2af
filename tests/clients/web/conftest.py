"""What the tests of the client for web pages stand on: Chromium and Firefox."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.browsing import CHROMIUM
from tests.clients.live.live_browser import LiveBrowser

FIREFOX = Path("/usr/bin/firefox-esr")
PROGRAMS = {"chromium": CHROMIUM, "firefox": FIREFOX}


@pytest.fixture(name="web_browser", params=PROGRAMS, scope="module")
def _web_browser(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveBrowser]:
    """A browser for all scenarios of a file, in each of which it is somebody else's."""
    name: str = request.param
    if not PROGRAMS[name].exists():
        pytest.skip(f"{PROGRAMS[name]} is not installed here")
    browser = LiveBrowser(tmp_path_factory.mktemp("home"), Path(__file__).parent, name)
    yield browser
    browser.end()
