"""The construct of our Lambda functions, and the Python runtimes they can have."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.bundle import PYTHON
from infra.deploy_settings import DeploySettings
from infra.log import Log

RUNTIMES = {
    "3.11": lambda_.Runtime.PYTHON_3_11,
    "3.12": lambda_.Runtime.PYTHON_3_12,
    "3.13": lambda_.Runtime.PYTHON_3_13,
    "3.14": lambda_.Runtime.PYTHON_3_14,
}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


class RuntimeNotSupportedError(Exception):
    """Lambda has no runtime for the Python that runs the CDK."""


class PutEventsFunction(lambda_.Function):
    """A Lambda function with its own role, log group and traces."""

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
        reserved_concurrency: int = 0,
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
            # CPU grows with memory, and a cold start needs about a second of CPU.
            memory_size=1024,
            timeout=timeout,
            environment=dict(environment),
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log,
            role=role,
            recursive_loop=recursive_loop,
            # To reserve 0 would stop the function.
            reserved_concurrent_executions=reserved_concurrency or None,
        )
        self.own_role = role
        log.grant_write(role)
        acknowledge(
            role,
            "IAM5[Resource::*]",
            "Only X-Ray's two write actions, which support no narrower resource.",
        )
        acknowledge(
            self,
            "L1",
            "The package is compiled for the Python that ran the CDK, so the runtime is the same; "
            "Lambda supports every version in RUNTIMES.",
        )


def runtime(python: str = PYTHON) -> lambda_.Runtime:
    """Return Lambda's runtime for a Python version; raise RuntimeNotSupportedError if none."""
    if python not in RUNTIMES:
        raise RuntimeNotSupportedError(
            f"The functions run on the Python that runs the CDK, which is {python}, "
            f"but must be one of {', '.join(RUNTIMES)}."
        )
    return RUNTIMES[python]
