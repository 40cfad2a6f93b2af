"""A log group with the retention of the deploy settings."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.acknowledge import NIST, PCI, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key


class Log(logs.LogGroup):
    """A log group whose retention and removal follow the deploy settings."""

    def __init__(
        self, scope: Construct, id: str, *, settings: DeploySettings, name: str | None = None
    ) -> None:
        key = customer_key(scope, settings)
        super().__init__(
            scope,
            id,
            log_group_name=name,
            encryption_key=key,
            retention=logs.RetentionDays[settings.log_retention_days.name],
            removal_policy=RemovalPolicy[settings.removal_policy.upper()],
        )
        if key is None:
            acknowledge(
                self,
                "CloudWatchLogGroupEncrypted",
                "CloudWatch Logs encrypts with a key of its own; encryption=customer has a KMS key "
                "of yours do it.",
                [NIST, PCI],
            )
