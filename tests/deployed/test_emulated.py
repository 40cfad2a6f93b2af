"""`make deploy-emulated` and `make destroy-emulated`, and that these tests stand outside."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.exit_codes import ExitCode
from tests.deployed.deployed_gateway import send
from tests.deployed.emulator import ROOT, Emulator
from tests.deployed.not_emulated import refusal

WEB_ACL = (
    "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/12345678-1234-1234-1234-123456789012"
)
COMMAND_SECONDS = 300


def test_a_deployment_to_try_out_answers_the_curl_that_it_prints_and_goes_away(
    tmp_path: Path,
) -> None:
    if not shutil.which("curl"):
        pytest.skip("there is no curl here")
    folder = tmp_path / "emulated"
    try:
        printed = _emulated(folder, "up", "-c", "auth=none", "-c", "destination=pinpoint")
        [command] = re.findall(r"^curl .*?[^\\]$", printed, re.MULTILINE | re.DOTALL)
        answer = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, check=True, stdout=subprocess.PIPE
        ).stdout
        [port] = re.findall(r"API +http://localhost:(\d+)/", printed)
    finally:
        gone = _emulated(folder, "down")

    [endpoint] = json.loads(answer)["Results"].values()
    assert [item["Message"] for item in endpoint["EventsItemResponse"].values()] == ["Accepted"]
    assert gone.endswith("Nothing is left of the emulated deployment.\n")
    assert not folder.exists()
    assert not Emulator(tmp_path, int(port)).answers()


def test_a_lake_to_try_out_answers_sql(tmp_path: Path) -> None:
    folder = tmp_path / "emulated"
    try:
        settings = ("auth=none", "stackName=Try-it")
        printed = _emulated(folder, "up", *(word for s in settings for word in ("-c", s)))
        [api] = re.findall(r"API +(http://\S+)", printed)
        [query] = re.findall(r'make sql-emulated QUERY="(.+)"', printed)
        body = (ROOT / "tests/events/requests/aws-documentation.json").read_bytes()
        assert send(f"{api}/v1/apps/my-app/events", body).status == 202
        found = _emulated(folder, "sql", query)
    finally:
        _emulated(folder, "down")

    assert 'make redrive OPTIONS="--stack Try-it"' in printed
    assert found.splitlines()[2:] == ["TestEvent  | ExampleEndpointID", "(1 row)"]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("-c waf=true", "waf"),
        (f"--context=waf={WEB_ACL}", "waf"),
        ("-c tracing=stage", "tracing"),
        ("-c auth=none -c monthlyBudgetUsd=5", "monthlyBudgetUsd"),
    ],
)
def test_what_is_not_emulated_is_told_before_anything_starts(
    tmp_path: Path, options: str, name: str
) -> None:
    done = _command(tmp_path / "emulated", "up", *options.split())

    assert done.returncode == ExitCode.STOPPED
    assert done.stdout == ""
    assert f"Error: {name} is not emulated, for MiniStack has no " in done.stderr
    assert not (tmp_path / "emulated").exists()


def test_what_cdk_json_has_is_emulated() -> None:
    assert refusal() == refusal("-c", "waf=false", "-c", "tracing=off", "--profile=mine") == ""


def test_nothing_here_imports_the_code_that_is_deployed() -> None:
    files = Path(__file__).parent.glob("*.py")
    code = re.compile(r"^\s*(from|import) (putevents|lambda_src)\b", re.MULTILINE)

    assert [file.name for file in files if code.search(file.read_text())] == []


def _emulated(folder: Path, *command: str) -> str:
    done = _command(folder, *command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _command(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commands", "emulated", *command],
        cwd=ROOT,
        env={**os.environ, "EMULATED_DIR": str(folder), "PYTHONPATH": f"{ROOT}/lambda_src:{ROOT}"},
        check=False,
        text=True,
        capture_output=True,
        timeout=COMMAND_SECONDS,
    )
