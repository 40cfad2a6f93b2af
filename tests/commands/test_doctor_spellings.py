"""Uses under names that a program gives them, and in the other places where programs stand."""

import json
from pathlib import Path

import pytest

from tests.commands.doctor_projects.unpacked import found
from tests.commands.test_doctor import run

LIB = '"aws-cdk-lib"'
USES = {
    "a.ts module": (
        f'import {{ aws_pinpoint as pp }} from {LIB};\nnew pp.CfnApp(this, "A", {{}});\n'
        'new pp.CfnSegment(this, "B", {});\n',
        ["2 AWS::Pinpoint::App: (lives-on)", "3 AWS::Pinpoint::Segment: ended"],
    ),
    "a.js module": (
        f"const {{ aws_pinpoint: pp }} = require({LIB});\nnew pp.CfnCampaign();\n",
        ["2 AWS::Pinpoint::Campaign: ended"],
    ),
    "b.ts class": (
        'import { CfnCampaign as CC } from "aws-cdk-lib/aws-pinpoint";\nnew CC(this, "C");\n',
        ["2 AWS::Pinpoint::Campaign: ended"],
    ),
    "a.py module": (
        "from aws_cdk import aws_pinpoint as pp\npp.CfnCampaign(self); pp.CfnSegment(self)\n",
        ["2 AWS::Pinpoint::Campaign: ended", "2 AWS::Pinpoint::Segment: ended"],
    ),
    "b.py class": (
        "from aws_cdk.aws_pinpoint import CfnSegment as Segment\nSegment(self)\n",
        ["2 AWS::Pinpoint::Segment: ended"],
    ),
    "c.py function": (
        'from boto3 import client as make\nx = make("pinpoint")\nx.put_events()\n',
        ["2 boto3 client: works", "3 call of PutEvents: works"],
    ),
    "d.py function": (
        'import boto3\nmake = boto3.client\nmake("pinpoint").get_campaigns()\n',
        ["3 boto3 client: ended", "3 call of GetCampaigns: ended"],
    ),
    "e.py constant": (
        'import boto3\nSERVICE = "pinpoint"\nx = boto3.client(SERVICE)\nx.put_events()\n',
        ["3 boto3 client: works", "4 call of PutEvents: works"],
    ),
    "f.py member": (
        'import boto3\nall["x"] = boto3.client("pinpoint")\nall["x"].get_segment()\n',
        ["2 boto3 client: ended", "3 call of GetSegment: ended"],
    ),
    "p.json": (
        '{"Action": ["MobileTargeting:PutEvents", "mobiletargeting:createcampaign",\n'
        '"MOBILETARGETING:get*", "mobiletargeting:secret*"]}',
        [
            "1 permission mobiletargeting:CreateCampaign: ended",
            "1 permission mobiletargeting:PutEvents: works",
            "2 permission mobiletargeting:?: unsure",
            "2 permission mobiletargeting:Get*: unsure",
        ],
    ),
}


@pytest.mark.parametrize("name", USES)
def test_a_use_is_found_under_another_name(name: str, tmp_path: Path) -> None:
    file = name.split()[0]
    text, expected = USES[name]
    (tmp_path / file).write_text(text)

    assert found(tmp_path) == [f"{file}:{use}" for use in expected]


def cell(kind: str, *lines: str) -> dict[str, object]:
    return {"cell_type": kind, "metadata": {}, "source": [f"{line}\n" for line in lines]}


def notebook(*cells: dict[str, object]) -> str:
    return json.dumps({"cells": [*cells], "nbformat": 4}, indent=0)


def test_a_notebook_is_read(tmp_path: Path) -> None:
    told = notebook(
        cell("markdown", 'boto3.client("pinpoint").get_apps()'),
        cell("code", "%pip install boto3", "!aws pinpoint put-events --application-id x"),
        cell("code", "import boto3", 'client = boto3.client("pinpoint")'),
        cell("code", "client.get_campaigns()"),
    )
    (tmp_path / "a.ipynb").write_text(told)
    lines = [n for n, line in enumerate(told.split("\n"), 1) if "pinpoint" in line][1:]

    assert found(tmp_path)[:2] == [
        f"a.ipynb:{lines[0]} AWS CLI: PutEvents: works", f"a.ipynb:{lines[1]} boto3 client: works",
    ]  # fmt: skip
    assert found(tmp_path)[2].endswith("call of GetCampaigns: ended")


@pytest.mark.parametrize(
    "text",
    [notebook(cell("code", "print 1", 'boto3.client("pinpoint")')), "boto3.client('pinpoint'"],
)
def test_a_notebook_that_no_parser_reads_is_searched(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    done = run(tmp_path)

    assert done.exit_code == 1
    assert "boto3 client" in done.stdout
    assert "Searched as plain text: a.ipynb" in done.stdout
