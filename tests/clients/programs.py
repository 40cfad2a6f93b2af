"""Client programs as their users run them, with nothing of the developer's own environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = ROOT / ".venv/bin/node"
AIOBOTOCORE = ROOT / ".venv-clients/bin/python"
SQS_QUERY = ROOT / ".venv-clients/sqs-query/bin/python"
SECONDS = 60  # until a test gives up waiting for a program

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_SESSION_TOKEN": "made-up",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE": "1",
    "AWS_PAGER": "",
}


class Program:
    """Runs a command that finds the gateway's address in `GATEWAY_URL`."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.home = home

    def __call__(
        self, *command: str | Path, stdin: str = "", **environment: str
    ) -> tuple[int, str, str]:
        """Run to the end; the exit status, what it printed, what it complained of."""
        ended = subprocess.run(
            [str(part) for part in command],
            cwd=self.home,
            env={
                **ENVIRONMENT,
                "HOME": str(self.home),
                "GATEWAY_URL": self.url,
                **environment,
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return ended.returncode, ended.stdout, ended.stderr

    def json(self, *command: str | Path, stdin: str = "", **environment: str) -> Any:
        """Run what must succeed without a complaint; the JSON that it printed."""
        status, output, errors = self(*command, stdin=stdin, **environment)
        assert (status, errors) == (0, ""), errors or output
        return json.loads(output) if output.strip() else None
