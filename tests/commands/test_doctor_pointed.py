"""`points elsewhere already` is only said of a client that has an address of its own."""

from pathlib import Path

import pytest

from tests.commands.doctor_projects.unpacked import found
from tests.commands.test_doctor import run

PYTHON = 'import boto3\nboto3.client("pinpoint"%s).put_events(ApplicationId="shop")\n'
JAVASCRIPT = "import { PinpointClient } from '@aws-sdk/client-pinpoint';\nnew PinpointClient(%s);\n"
SET = "AWS_ENDPOINT_URL_PINPOINT=https://events.example.com\n"


def verdicts(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / name.replace("_dot_", ".")).write_text(text)
    return found(folder)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.sh", "unset AWS_ENDPOINT_URL_PINPOINT\necho"),
        ("run.sh", "env -u AWS_ENDPOINT_URL_PINPOINT python app.py"),
        ("x.py", 'os.environ.pop("AWS_ENDPOINT_URL_PINPOINT", None)'),
        ("x.py", 'os.environ.get("AWS_ENDPOINT_URL_PINPOINT", "")'),
        ("x.py", 'if os.environ["AWS_ENDPOINT_URL_PINPOINT"] == "x": pass'),
        ("x.js", "delete process.env.AWS_ENDPOINT_URL_PINPOINT; x = 1"),
        (".env", "AWS_ENDPOINT_URL_PINPOINT=\nOTHER=x\n"),
        (".env", "AWS_ENDPOINT_URL_PINPOINT=''"),
        (".env", "AWS_ENDPOINT_URL_PINPOINT=https://pinpoint.us-east-1.amazonaws.com"),
        ("a.yaml", "env:\n- name: AWS_ENDPOINT_URL_PINPOINT\n  value: ''\n"),
        ("test_x.py", 'monkeypatch.delenv("AWS_ENDPOINT_URL_PINPOINT", raising=False)'),
    ],
)
def test_a_variable_that_gets_no_address_points_nothing(
    name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    uses = verdicts(tmp_path, app_dot_py=PYTHON % "")

    assert "app.py:2 boto3 client: works" in uses
    assert any("AWS_ENDPOINT_URL_PINPOINT: (unsure)" in use for use in uses)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.sh", f"export {SET}"),
        ("Dockerfile", "ENV AWS_ENDPOINT_URL_PINPOINT https://x"),
        ("x.py", 'os.environ["AWS_ENDPOINT_URL_PINPOINT"] = GATEWAY'),
        ("x.swift", 'setenv("AWS_ENDPOINT_URL_PINPOINT", "https://x", 1)'),
        ("a.yaml", "env:\n- name: AWS_ENDPOINT_URL_PINPOINT\n  value: https://x\n"),
        ("a.json", '[{"name": "AWS_ENDPOINT_URL_PINPOINT",\n "value": "https://x"}]'),
        ("a.xml", '<env name="AWS_ENDPOINT_URL_PINPOINT" value="https://x"/>'),
        ("a.tf", 'x = { AWS_ENDPOINT_URL_PINPOINT = "https://x" }\n'),
    ],
)
def test_a_variable_alone_is_to_be_looked_at(name: str, text: str, tmp_path: Path) -> None:
    """Whether the client's process has it, no reader of files can see."""
    (tmp_path / name).write_text(text)
    uses = verdicts(tmp_path, app_dot_py=PYTHON % "")

    assert "app.py:2 boto3 client: unsure" in uses
    assert any("AWS_ENDPOINT_URL_PINPOINT: (pointed)" in use for use in uses)
    assert run(tmp_path).exit_code == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "const AWS = require('aws-sdk');\nnew AWS.Pinpoint({}).putEvents({});\n"),
        ("a.go", 'import "github.com/aws/aws-sdk-go/service/pinpoint"\npinpoint.New(sess)\n'),
        ("A.java", "import com.amazonaws.x;\nAmazonPinpointClientBuilder.defaultClient();\n"),
    ],
)
def test_a_variable_that_an_sdk_does_not_read_changes_nothing(
    name: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    uses = verdicts(tmp_path, _dot_env=SET)

    assert any(use.startswith(f"{name}:2 AWS SDK") and use.endswith(": works") for use in uses)


def test_a_permission_points_nowhere(tmp_path: Path) -> None:
    policy = '{"Action": "mobiletargeting:PutEvents"}'

    assert verdicts(tmp_path, _dot_env=SET, a_dot_json=policy)[1].endswith("PutEvents: works")


OTHERS = "{ credentials: fromRole({ clientConfig: { endpoint: 'https://sts.amazonaws.com' } })%s }"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (JAVASCRIPT % (OTHERS % ""), "works"),
        (JAVASCRIPT % (OTHERS % ", endpoint"), "(pointed)"),
        (JAVASCRIPT % "{ region, endpoint: undefined }", "works"),
        (JAVASCRIPT % "{ endpoint: 'https://pinpoint.eu-west-1.amazonaws.com' }", "works"),
        (JAVASCRIPT % "{ region, endpoint }", "(pointed)"),
        (JAVASCRIPT % "{\n  'endpoint': process.env.GATEWAY,\n}", "(pointed)"),
        (PYTHON % ", endpoint_url=None", "works"),
        (PYTHON % ', endpoint_url=""', "works"),
        (PYTHON % ', endpoint_url="https://pinpoint.eu-west-1.amazonaws.com"', "works"),
        (PYTHON % ", config=Config(endpoint_url=GATEWAY)", "works"),
        (PYTHON % ", endpoint_url=GATEWAY", "(pointed)"),
    ],
)
def test_an_address_is_the_clients_own(text: str, verdict: str, tmp_path: Path) -> None:
    name = "a.py" if "boto3" in text else "a.js"
    (tmp_path / name).write_text(text)

    assert any(" client: " in use and use.endswith(f": {verdict}") for use in found(tmp_path))
