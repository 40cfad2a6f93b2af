"""The client for web pages in two browsers: each scenario of tests/clients/web is a test."""

from pathlib import Path

import pytest

from tests.clients.live.live_browser import LiveBrowser, scenarios
from tests.local.running_gateway import RunningGateway

WEB = Path(__file__).parent
FILES = ("sending", "outages", "storage", "tabs", "leaving", "pages", "consent", "closing")
SCENARIOS = [(file, name) for file in FILES for name in scenarios(file, WEB)]


@pytest.mark.parametrize(("file", "scenario"), SCENARIOS)
def test_web_client(
    file: str, scenario: str, web_browser: LiveBrowser, gateway: RunningGateway, app: str
) -> None:
    web_browser.run(scenario, gateway.url, app)

    # However often an event was sent, it is stored once.
    ids = [event_id for _, event_id, _ in gateway.stored(app)]
    assert len(ids) == len(set(ids))


def test_no_file_of_web_scenarios_is_left_out() -> None:
    found = sorted(path.stem for path in (WEB / "scenarios").iterdir())

    assert found == sorted([*FILES, "documented"])
