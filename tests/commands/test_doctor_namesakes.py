"""What is only called like Pinpoint is no use of it, where nothing of AWS is in the project."""

from pathlib import Path

import pytest

from tests.commands.doctor_projects.unpacked import found

NAMESAKES = {
    "a.js": 'import { Pinpoint } from "./icons";\nconst p = new Pinpoint();\np.getSegment(1);\n',
    "pin.ts": "const x = pinpoint.getEndpoint();\n",
    "pin.dart": "import 'package:map/pinpoint.dart';\nfinal p = Pinpoint();\nf() => p.putEvents();",
}


def write(folder: Path, texts: dict[str, str]) -> list[str]:
    for name, text in texts.items():
        (folder / name).write_text(text)
    return found(folder)


@pytest.mark.parametrize("native", ["{}", '{"dependencies": {"react-native": "0.76.0"}}'])
def test_a_namesake_is_no_use(native: str, tmp_path: Path) -> None:
    assert write(tmp_path, NAMESAKES | {"package.json": native}) == []


@pytest.mark.parametrize(
    "mark",
    [
        {"package.json": '{"dependencies": {"aws-sdk": "2.1.0"}}'},
        {"a.py": 'import boto3\nboto3.client("pinpoint")\n'},
        {"pin.ts": "pinpoint.getEndpoint({ ApplicationId: 'x' });\n"},
        {"pin.ts": "import AWS from './aws';\npinpoint.getEndpoint();\n"},
    ],
)
def test_beside_anything_of_aws_it_is(mark: dict[str, str], tmp_path: Path) -> None:
    uses = write(tmp_path, NAMESAKES | mark)

    assert any("call of GetSegment: ended" in use for use in uses)
    assert any("call of GetEndpoint: works" in use for use in uses)


@pytest.mark.parametrize(
    ("text", "clients"),
    [
        ("new Pinpoint({});", ["v3"]),
        ("new AWS.Pinpoint({});", ["v2"]),
        ("new (require('aws-sdk').Pinpoint)();", ["v2"]),
        ("new (await import('@aws-sdk/client-pinpoint')).PinpointClient({});", ["v3"]),
    ],
)
def test_a_client_is_of_one_version(text: str, clients: list[str], tmp_path: Path) -> None:
    """In a file that uses both."""
    head = "const { Pinpoint } = await import('@aws-sdk/client-pinpoint');\n"
    uses = write(tmp_path, {"a.js": f"{head}const AWS = require('aws-sdk');\n{text}\n"})

    assert [use.split()[5] for use in uses if use.startswith("a.js:3")] == clients
