"""The code of docs/clients.md, run as it stands there against what each `auth` asks."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.browsing import Browse
from tests.clients.doorkeeper import (
    API_KEY,
    ID_TOKEN,
    has_api_key,
    has_id_token,
    is_signed_for_execute_api,
    standing_before,
)
from tests.clients.programs import HERE, NODE, ROOT, Program
from tests.local.running_gateway import RunningGateway
from tests.loopback import Request

PAGE = (ROOT / "docs/clients.md").read_text()
EXAMPLE_URL = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod"
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
ADMITS: dict[str, Callable[[Request], bool]] = {
    "none": lambda call: True,
    "iam": is_signed_for_execute_api,
    "api-key": has_api_key,
    "cognito": has_id_token,
}
REQUEST = (
    '{"BatchItem": {"phone": {"Endpoint": {}, "Events":'
    ' {"1": {"EventType": "tap", "Timestamp": "2026-01-02T03:04:05Z"}}}}}'
)
# What a reader would write below the code that makes a client.
USE = {
    "python": f"client.put_events(ApplicationId='my-app', EventsRequest={REQUEST})",
    "sdk-v3": f"""
        const {{ PutEventsCommand }} = await import('@aws-sdk/client-pinpoint');
        const call = {{ ApplicationId: 'my-app', EventsRequest: {REQUEST} }};
        await client.send(new PutEventsCommand(call));
    """,
    "sdk-v2": f"""
        const call = {{ ApplicationId: 'my-app', EventsRequest: {REQUEST} }};
        await client.putEvents(call).promise();
    """,
    "sh": "",
}


class Block(NamedTuple):
    """A piece of code in the page, with the comment above it."""

    language: str
    auth: str
    code: str


BLOCKS = [
    Block(*found)
    for found in re.findall(r"<!-- run: (\S+) (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
]
# What takes an added header takes an ID token as well as an API key.
BLOCKS += [
    Block(
        language, "cognito", code.replace("x-api-key", "authorization").replace(API_KEY, ID_TOKEN)
    )
    for language, auth, code in BLOCKS
    if auth == "api-key"
]


def these(*languages: str) -> list[Any]:
    """The blocks of these languages, as parameters of a test."""
    chosen = [block for block in BLOCKS if block.language in languages]
    return [
        pytest.param(block, id=f"{block.language}-{block.auth}-{number}")
        for number, block in enumerate(chosen)
    ]


@pytest.fixture(name="url")
def _url(block: Block, gateway: RunningGateway) -> Iterator[str]:
    with standing_before(gateway.url, ADMITS[block.auth]) as url:
        yield url


def pasted(block: Block, url: str, app: str) -> str:
    """The code and its use, with the reader's own address and application."""
    code = block.code + USE.get(block.language, "")
    code = code.replace(EXAMPLE_URL, url).replace("my-app", app)
    return code.replace("eu-west-1", "us-east-1")  # where the stand-in says that it is


@pytest.mark.parametrize("block", these(*USE))
def test_a_piece_of_code_sends_events(
    block: Block, url: str, run: Program, app: str, gateway: RunningGateway
) -> None:
    program: dict[str, list[str | Path]] = {
        "sh": ["sh", "-ec"],
        "python": [sys.executable, "-c"],
        "sdk-v3": [NODE, "--input-type=module", "--eval"],
        "sdk-v2": [NODE, "--input-type=module", "--eval"],
    }
    folder = ROOT if block.language == "sh" else HERE  # where the reader's packages are
    command = [*program[block.language], pasted(block, url, app)]
    missing = "AWS_REGION AWS_DEFAULT_REGION"
    if block.auth != "iam":
        missing += " AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"
    empty = f'unset {missing}; cd "$0"; exec "$@"'

    status, _, errors = run("sh", "-c", empty, folder, *command, PATH=PATH)

    assert (status, errors) == (0, "")
    assert len(gateway.stored(app)) == 1


@pytest.mark.parametrize("block", these("page"))
def test_the_first_lines_of_a_page_send_its_events(
    block: Block, url: str, browse: Browse, app: str, gateway: RunningGateway
) -> None:
    visit = browse("v6", "record", app, "documented", start=pasted(block, url, app))

    assert (visit["complaints"], visit["concluded"]) == ([], {"left": 0})
    assert len(gateway.stored(app)) == 1


def test_no_change_is_longer_than_ten_lines() -> None:
    blocks = re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)

    assert len(blocks) >= 18
    assert max(len([line for line in block.splitlines() if line]) for block in blocks) <= 10
