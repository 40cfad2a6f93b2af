"""The CDK's command line, as make installs it, and the Node that it runs on."""

import json
import subprocess

from commands.aws_session import Problem
from commands.deploy.deploy_options import ROOT

CDK = ROOT / "infra/node_modules/.bin/cdk"
_SECONDS = 20
_MEND = ("rm -rf infra/node_modules; make synth",)


def cdk_problem() -> Problem | None:
    """Look whether Node runs, and the CLI is there and the pinned one."""
    pinned = json.loads((ROOT / "infra/package.json").read_text())["dependencies"]["aws-cdk"]
    installed = CDK.parents[1] / "aws-cdk/package.json"
    try:
        found = json.loads(installed.read_text())["version"]
        # Asking `cdk --version` would say the same and take a second.
        subprocess.run(["node", "--version"], capture_output=True, timeout=_SECONDS, check=True)  # noqa: S607 - make puts its own first
    except (OSError, subprocess.SubprocessError) as error:
        return Problem(f"The CDK's command line cannot run: {error}.", _MEND)
    if found != pinned:
        return Problem(f"The CDK's command line is {found}, and {pinned} is pinned.", _MEND)
    return None
