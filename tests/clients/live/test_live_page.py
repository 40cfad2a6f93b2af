"""The live page in Chromium: each scenario of tests/clients/live/scenarios is a test."""

from pathlib import Path

import pytest

from tests.clients.live.live_browser import LIVE, LiveBrowser, scenarios
from tests.local.running_gateway import RunningGateway

FILES = ("events", "opened", "keyboard", "tools", "hostile", "accessible")


@pytest.mark.parametrize(
    ("file", "scenario"), [(file, name) for file in FILES for name in scenarios(file)]
)
def test_live_page(
    file: str, scenario: str, browser: LiveBrowser, live_gateway: RunningGateway
) -> None:
    application_id = f"{file}-{scenarios(file).index(scenario)}"

    browser.run(scenario, live_gateway.url, application_id)


@pytest.mark.parametrize("scenario", scenarios("empty"))
def test_live_page_without_an_event(scenario: str, browser: LiveBrowser, tmp_path: Path) -> None:
    gateway = RunningGateway(tmp_path / "data")
    try:
        browser.run(scenario, gateway.url, "empty")
    finally:
        gateway.end()


def test_no_file_of_scenarios_is_left_out() -> None:
    assert sorted(path.stem for path in (LIVE / "scenarios").iterdir()) == sorted([*FILES, "empty"])
