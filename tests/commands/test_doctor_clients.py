"""A client's verdict comes from all that is called with it, as far as files show that."""

from pathlib import Path

import pytest

from commands.doctor.examine import examine
from commands.doctor.project_files import Walk
from tests.commands.doctor_projects.unpacked import found
from tests.commands.test_doctor import run

JS = "import { PinpointClient, SendMessagesCommand } from '@aws-sdk/client-pinpoint';\n"
PUSH = "client.send(new SendMessagesCommand({}));\n"
MAKER = f"{JS}export const client = new PinpointClient({{}});\n{PUSH}"
LENT = {
    "a.ts": MAKER,
    "b.ts": "import { PutEventsCommand } from '@aws-sdk/client-pinpoint';\n"
    "import { client } from './a';\nclient.send(new PutEventsCommand({}));\n",
}


def write(folder: Path, texts: dict[str, str]) -> list[str]:
    for name, text in texts.items():
        (folder / name).write_text(text)
    return found(folder)


def test_a_client_that_another_file_uses_is_to_be_looked_at(tmp_path: Path) -> None:
    uses = write(tmp_path, LENT)

    assert "a.ts:2 AWS SDK for JavaScript v3 client: unsure" in uses
    assert run(tmp_path).exit_code == 1


def test_the_line_stands_where_a_client_is_made(tmp_path: Path) -> None:
    write(tmp_path, LENT)

    assert {use.file for use in examine(Walk(tmp_path)).advice if use.change} == {"a.ts"}


PYTHON = """import boto3
client = boto3.client("pinpoint")
client.send_messages(ApplicationId="x")
"""
V2 = """const AWS = require("aws-sdk");
exports.client = new AWS.Pinpoint();
client.sendMessages();
"""


@pytest.mark.parametrize(
    "texts",
    [
        # Nothing in the second file names Pinpoint.
        {"a.py": PYTHON, "b.py": 'from a import client\nclient.put_events(ApplicationId="x")\n'},
        {"a.js": V2, "b.js": "require('./a').client.putEvents({ ApplicationId: 'x' });\n"},
    ],
)
def test_a_call_in_a_file_without_pinpoints_name_is_found(
    texts: dict[str, str], tmp_path: Path
) -> None:
    uses = write(tmp_path, texts)

    assert any("client: unsure" in use for use in uses)
    assert any("b." in use and "call of PutEvents" in use for use in uses)


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": f'{PYTHON}handle._call("put_events", {{}})\n'},
        {"a.py": f'{PYTHON}getattr(client, "put_events")()\n'},
        {"a.js": f"{V2}client['putEvents']({{}});\n"},
    ],
)
def test_an_operation_that_is_named_as_a_text_counts(texts: dict[str, str], tmp_path: Path) -> None:
    uses = write(tmp_path, texts)

    assert any("client: works" in use for use in uses)
    assert any(":4 call of PutEvents: works" in use for use in uses)


@pytest.mark.parametrize(
    "texts",
    [
        {"a.ts": MAKER},
        {"a.py": PYTHON, "b.py": 'import boto3\nboto3.client("events").put_events(Entries=[])\n'},
        {"a.js": V2, "b.js": "bus.putEvents({ Entries: [] });\n"},
    ],
)
def test_what_only_lives_on_stays(texts: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, texts)

    assert run(tmp_path).exit_code == 0
