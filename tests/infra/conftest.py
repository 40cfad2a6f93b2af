"""Stacks, each synthesised once for all tests that ask for the same deploy settings."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The Node that make installs, also when the tests were not started by make.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"

from infra.deploy_settings import DeploySettings
from tests.infra.synthesis import AUTHS, CONTEXT, FORWARDING, Deployment

Deploy = Callable[..., Deployment]


@pytest.fixture(scope="session")
def deploy(tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """Synthesise the stack with the options of cdk.json, some of them replaced."""
    package = tmp_path_factory.mktemp("package")
    (package / "empty.py").touch()
    made: dict[str, Deployment] = {}

    def deploy(**options: Any) -> Deployment:
        # However they are spelled, the same settings are the same stack.
        settings = DeploySettings.from_context(CONTEXT | options)
        key = f"{os.environ.get('CDK_DEFAULT_REGION')} {settings.model_dump_json()}"
        if key not in made:
            # The CDK's rules take as long as a synth: tests/infra/test_template_lint.py has them.
            made[key] = Deployment(package, options, is_validated=False)
        return made[key]

    return deploy


@pytest.fixture(scope="session")
def default(deploy: Deploy) -> Deployment:
    """The stack as cdk.json has it."""
    return deploy()


@pytest.fixture(scope="session")
def forwarding(deploy: Deploy) -> Deployment:
    """The stack that forwards to another PutEvents server."""
    return deploy(**FORWARDING)


@pytest.fixture(scope="session", params=AUTHS)
def any_auth(request: pytest.FixtureRequest, deploy: Deploy) -> Deployment:
    """The stack with each value of auth in turn."""
    return deploy(auth=request.param, **AUTHS[request.param])
