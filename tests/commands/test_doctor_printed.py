"""Nothing that the doctor prints is a text of the project, and nothing disturbs a terminal."""

import json
import os
from pathlib import Path

import pytest

from tests.commands.doctor_projects.unpacked import PROJECTS, unpack
from tests.commands.test_doctor import run, told


@pytest.mark.parametrize("name", PROJECTS)
def test_no_secret_is_printed(name: str, tmp_path: Path) -> None:
    """Nothing of a file is, but names that the tables have."""
    unpack(name, tmp_path)
    printed = run(tmp_path, "--all").stdout + run(tmp_path, "--json").stdout

    for secret in ("SECRET", "0123456789abcdef", "token@", "events.example.com", "secret-role"):
        assert secret not in printed


def test_a_name_that_no_table_has_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('resource "aws_pinpoint_SECRET" "a" {}\n')
    (tmp_path / "broken.tf").write_text('resource "aws_pinpoint_SECRET" "a" {\n')
    (tmp_path / "a.yaml").write_text(
        "Type: AWS::Pinpoint::SECRET\nAction: mobiletargeting:SECRET\n"
    )
    (tmp_path / "a.ts").write_text("new pinpoint.CfnSECRET(); 'mobiletargeting:SECRET*'\n")
    (tmp_path / "package.json").write_text(
        '{"dependencies": {"@aws-sdk/client-pinpoint": "git+https://SECRET@example.com"}}'
    )
    printed = run(tmp_path).stdout + run(tmp_path, "--json").stdout

    assert len(told(tmp_path)) == 4
    assert "SECRET" not in printed


def test_a_name_cannot_disturb_the_terminal(tmp_path: Path) -> None:
    name = b"\xff\x1b]0;owned\x07\x1b[31m\n\xe2\x80\xae.py"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(b'import boto3\nboto3.client("pinpoint")\n')
    printed = run(tmp_path).stdout
    [use] = json.loads(run(tmp_path, "--json").stdout)["uses"]

    assert "boto3 client" in printed
    assert all(c.isprintable() or c == "\n" for c in printed)
    assert r"\x1b]0;owned" in printed
    assert use["file"] == "\\xff\x1b]0;owned\x07\x1b[31m\n\u202e.py"
