"""A log group with the retention of the deploy settings."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.deploy_settings import DeploySettings


class Log(logs.LogGroup):
    """A log group whose retention and removal follow the deploy settings."""

    def __init__(
        self, scope: Construct, id: str, *, settings: DeploySettings, name: str | None = None
    ) -> None:
        super().__init__(
            scope,
            id,
            log_group_name=name,
            retention=logs.RetentionDays[settings.log_retention_days.name],
            removal_policy=RemovalPolicy[settings.removal_policy.upper()],
        )
