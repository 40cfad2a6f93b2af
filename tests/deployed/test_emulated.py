"""`make deploy-emulated` and `make destroy-emulated`, and that these tests stand outside."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployed.deployed_gateway import send
from tests.deployed.emulator import ROOT, Emulator


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


def test_nothing_here_imports_the_code_that_is_deployed() -> None:
    files = Path(__file__).parent.glob("*.py")
    code = re.compile(r"^\s*(from|import) (putevents|lambda_src)\b", re.MULTILINE)

    assert [file.name for file in files if code.search(file.read_text())] == []


def _emulated(folder: Path, *command: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "commands", "emulated", *command],
        cwd=ROOT,
        env={**os.environ, "EMULATED_DIR": str(folder), "PYTHONPATH": f"{ROOT}/lambda_src:{ROOT}"},
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    ).stdout
