"""The construct of our Lambda functions."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Annotations, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.acknowledge import INLINE, NIST, PCI, SERVERLESS, acknowledge
from infra.deploy_settings import DeploySettings
from infra.log import Log

RUNTIMES = {
    "python3.11": lambda_.Runtime.PYTHON_3_11,
    "python3.12": lambda_.Runtime.PYTHON_3_12,
    "python3.13": lambda_.Runtime.PYTHON_3_13,
    "python3.14": lambda_.Runtime.PYTHON_3_14,
}
TRACING = {
    "off": lambda_.Tracing.DISABLED,
    "functions": lambda_.Tracing.ACTIVE,
    # The queue function has no stage before it, so it decides for itself.
    "stage": lambda_.Tracing.ACTIVE,
}
ARCHITECTURES = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


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
            runtime=RUNTIMES[settings.runtime],
            architecture=ARCHITECTURES[settings.architecture],
            # CPU grows with memory; docs/performance.md has the curve.
            memory_size=1024,
            timeout=timeout,
            environment=dict(environment),
            tracing=TRACING[settings.tracing],
            log_group=log,
            logging_format=lambda_.LoggingFormat.JSON,
            # What Powertools writes is JSON already and passes as it is.
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel[settings.platform_log_level],
            role=role,
            recursive_loop=recursive_loop,
            # To reserve 0 would stop the function.
            reserved_concurrent_executions=reserved_concurrency or None,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if settings.snap_start else None,
        )
        self.own_role = role
        # What calls the function calls this: only a published version starts from a snapshot.
        self.called: lambda_.IFunction = self
        if settings.snap_start:
            self.called = self.add_alias("live")
            Annotations.of(self).acknowledge_warning(
                "@aws-cdk/aws-lambda:snapStartRequirePublish", "The alias is of such a version."
            )
        log.grant_write(role)
        if settings.tracing != "off":
            acknowledge(
                role,
                "IAM5[Resource::*]",
                "Only X-Ray's two write actions, which support no narrower resource.",
            )
        self._explain(settings, reserved_concurrency)

    def _explain(self, settings: DeploySettings, reserved_concurrency: int) -> None:
        if settings.runtime != max(RUNTIMES):
            latest = (
                "The runtime is pinned, so that an update of the CDK does not move it; Lambda "
                "supports every value of the setting, and the tests run the default."
            )
            acknowledge(self, "L1", latest)
            acknowledge(self, "LambdaLatestVersion", latest, [SERVERLESS])
        acknowledge(
            self,
            "LambdaDLQ",
            "Lambda sends only asynchronous invocations to one. API Gateway waits for the answer; "
            "SQS keeps a message until it is handled, and has a dead-letter queue.",
            [SERVERLESS, NIST],
        )
        acknowledge(
            self,
            "LambdaInsideVPC",
            "It calls nothing inside a VPC. There each service would need an endpoint or a NAT "
            "gateway, which cost by the hour; its role limits the services that it may call.",
            [NIST, PCI],
        )
        acknowledge(self.own_role, "IAMNoInlinePolicy", INLINE, [NIST, PCI])
        if not reserved_concurrency:
            acknowledge(
                self,
                "LambdaConcurrency",
                "A reservation takes from the account's other functions; the stage's throttle and "
                "queueConcurrency limit this one, apiReservedConcurrency and "
                "queueReservedConcurrency reserve.",
                [NIST],
            )
        if settings.tracing == "off":
            acknowledge(
                self,
                "LambdaTracing",
                "You chose this with the deploy setting tracing=off.",
                [SERVERLESS],
            )
