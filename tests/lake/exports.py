"""Makes exports of endpoints, and runs the import-endpoints command over them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.deployed.emulator import ROOT, Emulator

SECONDS = 120  # until a test gives up waiting for the command
CREATED, UPDATED = "2020-01-02T03:04:05.678Z", "2024-05-06T07:08:09.000Z"


def exported(number: int) -> dict[str, Any]:
    """An endpoint as Pinpoint exported it: no two share anything."""
    return {
        "Id": f"phone-{number:04}",
        "ApplicationId": "0123456789abcdef",
        "CohortId": "7",
        "CreationDate": CREATED,
        "Address": f"token-{number}",
        "Attributes": {"interests": ["science", f"number {number}"]},
        "ChannelType": "GCM",
        "Demographic": {"Make": "acme", "Model": f"model, {number}"},
        "EffectiveDate": UPDATED,
        "EndpointStatus": "ACTIVE",
        "Metrics": {"visits": number + 0.5},
        "OptOut": "NONE",
        "RequestId": f"request-{number}",
        "User": {"UserId": f"user-{number:04}", "UserAttributes": {"plan": ["pro"]}},
    }


def stored(number: int, application_id: str, cohort: str) -> dict[str, Any]:
    """What GetEndpoint shows of it; the cohort is given anew."""
    return {**exported(number), "ApplicationId": application_id, "CohortId": cohort}


def json_lines(numbers: Iterable[int]) -> list[str]:
    return [json.dumps(exported(number)) for number in numbers]


def csv_lines(numbers: Iterable[int]) -> list[str]:
    """The same as CSV with its header."""
    return [
        "Id,ApplicationId,CohortId,CreationDate,Address,Attributes.interests,Attributes.interests,"
        "ChannelType,Demographic.Make,Demographic.Model,EffectiveDate,EndpointStatus,"
        "Metrics.visits,OptOut,RequestId,User.UserId,User.UserAttributes.plan",
        *(
            f"phone-{n:04},0123456789abcdef,7,{CREATED},token-{n},science,number {n},GCM,acme,"
            f'"model, {n}",{UPDATED},ACTIVE,{n + 0.5},NONE,request-{n},user-{n:04},pro'
            for n in numbers
        ),
    ]


def serve(emulator: Emulator, database: str, *application_ids: str) -> None:
    """Let a lake's catalog say that these applications are served, as a deploy does."""
    glue = emulator.client("glue")
    if database not in [found["Name"] for found in glue.get_databases()["DatabaseList"]]:
        glue.create_database(DatabaseInput={"Name": database})
        glue.create_table(DatabaseName=database, TableInput={"Name": "raw_events"})
    parameters = {"projection.application_id.values": ",".join(application_ids)}
    table = {"Name": "raw_events", "Parameters": parameters}
    glue.update_table(DatabaseName=database, TableInput=table)


class ImportEndpoints:
    """`make import-endpoints` as a person runs it against an emulated AWS."""

    def __init__(self, emulator: Emulator, stack: str, application_id: str, *options: str) -> None:
        self._options = ("--stack", stack, "--application-id", application_id, *options)
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'lambda_src'}{os.pathsep}{ROOT}",
            **emulator.environment(),
        }

    def start(self, file: Path, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        """The command, running."""
        return subprocess.Popen(
            [sys.executable, "-m", "commands", "import-endpoints", file, *self._options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )

    def __call__(self, file: Path) -> tuple[int, list[str], list[str]]:
        """Run to the end: the exit code, the summary but its last line, the complaints."""
        with self.start(file) as process:
            output, errors = process.communicate(timeout=SECONDS)
        return process.returncode, output.splitlines()[:-1], errors.splitlines()
