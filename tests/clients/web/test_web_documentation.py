"""The code of docs/web-client.md, run as it stands there against what each `auth` asks."""

import re
from collections.abc import Callable

import pytest

from tests.clients.doorkeeper import (
    has_api_key,
    has_bearer_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.live.live_browser import LiveBrowser
from tests.clients.programs import ROOT
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request

PAGE = (ROOT / "docs/web-client.md").read_text()
EXAMPLE_URL = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"
BLOCKS: dict[str, str] = dict(re.findall(r"<!-- run: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
ADMITS: dict[str, Callable[[Request], bool]] = {
    "page": lambda call: True,
    "api-key": has_api_key,
    "jwt": has_bearer_token,
    "iam": is_signed_for_execute_api,
}


@pytest.mark.parametrize("block", ADMITS)
def test_the_code_of_the_page_about_the_web_client_sends_events(
    block: str, web_browser: LiveBrowser, gateway: RunningGateway, app: str
) -> None:
    scenario, recorded = "code of the page records an event", "documented"
    if block == "page":
        scenario, recorded = "a whole page records a purchase", "purchase"
    with standing_before(gateway.url, ADMITS[block]) as url:
        code = BLOCKS[block].replace(EXAMPLE_URL, url).replace("my-app", app)
        web_browser.run(scenario, gateway.url, app, code=code)
        if block == "page":  # it has been left: what it sent last is on its way
            gateway.wait_for(f"POST /v1/apps/{app}/events +202")

    assert recorded in [event_type for _, _, event_type in gateway.stored(app)]


def test_no_code_of_the_page_is_left_out() -> None:
    assert BLOCKS.keys() == ADMITS.keys()
    assert len(re.findall(r"^```", PAGE, re.MULTILINE)) == 2 * len(BLOCKS)
