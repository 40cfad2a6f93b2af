"""`make run` serves the contract and a page that renders it, with nothing from elsewhere."""

import json
import re
from contextlib import closing
from http.client import HTTPResponse
from pathlib import Path

import pytest

from tests.clients.browsing import CHROMIUM
from tests.clients.programs import NODE, Program
from tests.contract.openapi_document import DOCUMENT
from tests.local.running_gateway import RunningGateway

PAGE = ["/docs", "/docs/page.js", "/docs/swagger-ui.js", "/docs/swagger-ui.css"]


def get(gateway: RunningGateway, path: str, method: str = "GET") -> tuple[HTTPResponse, str]:
    with closing(gateway.connect()) as connection:
        connection.request(method, path)
        response = connection.getresponse()
        return response, response.read().decode()


def test_the_contract_is_served_as_it_is(gateway: RunningGateway) -> None:
    response, text = get(gateway, "/openapi.json")
    assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
    assert text == DOCUMENT.read_text()


@pytest.mark.parametrize("path", PAGE)
def test_the_page_is_files_of_this_machine(gateway: RunningGateway, path: str) -> None:
    response, _ = get(gateway, path)
    policy = response.headers["Content-Security-Policy"]
    scripts = re.findall(r"script-src ([^;]*)", policy)
    assert response.status == 200
    assert policy.startswith("default-src 'none';")
    assert scripts == ["'self'"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_has_no_script_of_its_own(gateway: RunningGateway) -> None:
    _, html = get(gateway, "/docs")
    named = re.findall(r"<script src=\"([^\"]+)\"></script>", html)
    assert html.count("<script") == len(named)
    assert {*named, *re.findall(r'rel="stylesheet" href="([^"]+)"', html)} == set(PAGE[1:])


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/docs"), ("GET", "/docs/other"), ("GET", "/docs/../x")]
)
def test_nothing_else_is_served(gateway: RunningGateway, method: str, path: str) -> None:
    assert get(gateway, path, method)[0].status == 404


def test_a_browser_renders_it_and_calls_the_gateway_from_it(
    gateway: RunningGateway, tmp_path: Path
) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed here (another place: CHROMIUM=/path)")
    run = Program(gateway.url, tmp_path)
    script = Path(__file__).with_name("docs.mjs")
    status, output, errors = run(NODE, script, gateway.url, CHROMIUM=str(CHROMIUM))

    assert (status, errors) == (0, "")
    seen = json.loads(output)
    assert seen["operations"] == 10
    assert seen["answer"] == "202"
    assert (seen["elsewhere"], seen["complaints"]) == ([], [])
