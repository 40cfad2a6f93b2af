"""A Lambda function of ours, written once."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.bundle import PYTHON
from infra.log import Log
from infra.settings import DeploySettings

RUNTIMES = {
    "3.11": lambda_.Runtime.PYTHON_3_11,
    "3.12": lambda_.Runtime.PYTHON_3_12,
    "3.13": lambda_.Runtime.PYTHON_3_13,
    "3.14": lambda_.Runtime.PYTHON_3_14,
}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


class RuntimeNotSupportedError(Exception):
    """Lambda does not run the Python that runs the CDK."""


class PutEventsFunction(lambda_.Function):
    """One door of the gateway, with its own role, log and traces."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        handler: str,
        timeout: Duration,
        package: Path,
        environment: Mapping[str, str],
        settings: DeploySettings,
        recursive_loop: lambda_.RecursiveLoop = lambda_.RecursiveLoop.TERMINATE,
    ) -> None:
        log = Log(scope, f"{id}Log", settings=settings)
        role = iam.Role(scope, f"{id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        super().__init__(
            scope,
            id,
            code=lambda_.Code.from_asset(str(package)),
            handler=handler,
            runtime=runtime(),
            architecture=ARCHITECTURES[settings.architecture],
            # Memory buys processor time, of which a cold start needs about a second.
            memory_size=1024,
            timeout=timeout,
            environment=dict(environment),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log,
            role=role,
            recursive_loop=recursive_loop,
        )
        self.own_role = role
        log.grant_write(role)
        acknowledge(
            role,
            "IAM5[Resource::*]",
            "Only X-Ray's two write actions have it; they take no narrower resource.",
        )
        acknowledge(
            self,
            "L1",
            "The runtime is the Python that ran the CDK, since the package is compiled for it; "
            "Lambda supports each of those that are let through.",
        )


def runtime(python: str = PYTHON) -> lambda_.Runtime:
    """Lambda's runtime for a Python; raises RuntimeNotSupportedError with one sentence."""
    if python not in RUNTIMES:
        raise RuntimeNotSupportedError(
            f"The functions run on the Python that runs the CDK, which is {python}, "
            f"but must be one of {', '.join(RUNTIMES)}."
        )
    return RUNTIMES[python]
