"""Deployments whose stacks are synthesised in this process: a second each in place of eight.

The CDK's CLI starts a Python and a Node for each synth, which load the CDK anew; here they stay. It
is given the assembly: `tests/deployed/test_synthesised.py` holds that against the CLI's own.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.deployment import DeployError, Deployment
from tests.deployed.emulator import ROOT

# What the CLI tells an app beside cdk.json.
_BY_THE_CLI: dict[str, Any] = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:bundling-stacks": ["**"],
    "aws:cdk:disable-version-reporting": True,
    "@aws-cdk/core:failSynthOnValidationErrors": False,
}


class Synthesised(Deployment):
    """A stack that is deployed as it was synthesised here."""

    def _app(self, context: Mapping[str, object]) -> list[str]:
        synthesise(self.assembly, context, self.emulator.environment())
        return [f"--app={self.assembly}"]


def synthesise(
    assembly: Path, options: Mapping[str, object], environment: Mapping[str, str]
) -> None:
    """Write what `cdk synth` writes with these options."""
    from aws_cdk import App  # its Node is started only where it is used

    from app import add_stack

    told = json.loads((ROOT / "cdk.json").read_text())["context"]
    given = {name: str(value) for name, value in options.items()}  # as on a command line
    app = App(
        context={**told, **given, **_BY_THE_CLI},
        outdir=str(assembly),
        builtin_cloud_formation_validation=False,  # tests/infra has it, with every value
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION"):
            patch.setenv(name, environment[name])
        try:
            add_stack(app)
        except SystemExit as error:
            raise DeployError(str(error)) from None
    app.synth()
