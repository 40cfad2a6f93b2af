"""The README's first screen does what it says: its commands run, and its answer is the answer."""

import json
import os
import re
import subprocess

import pytest

from tests.local.running_gateway import ROOT, RunningGateway

README = (ROOT / "README.md").read_text()
SHOWN = "http://127.0.0.1:8080"


def run(command: str, gateway: RunningGateway) -> str:
    """What a command of the README prints, on the port that this gateway has."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(gateway.data_dir)}
    return subprocess.run(  # noqa: S602 # as its reader runs it
        command.replace(SHOWN, gateway.url),
        shell=True,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def commands(start: str) -> list[str]:
    lines = README.replace("\\\n", "").splitlines()
    return [line for line in lines if line.startswith(start)]


def test_the_curl_gets_the_answer_shown(gateway: RunningGateway) -> None:
    [command] = commands("curl ")
    shown = re.search(r"```json\n(.*)\n```", README)
    assert shown
    assert json.loads(run(command, gateway)) == json.loads(shown[1])


def test_the_aws_command_prints_an_accepted_event(gateway: RunningGateway) -> None:
    [command] = commands("aws ")
    results = json.loads(run(command, gateway))["EventsResponse"]["Results"]
    accepted = {"StatusCode": 202, "Message": "Accepted"}
    assert results["ExampleEndpointID"]["EventsItemResponse"] == {"JourneyEvent": accepted}


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)))
)
def test_every_make_target_named_is_there(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([a-zA-Z/-]+\.md)\)", README))))
def test_every_document_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()
