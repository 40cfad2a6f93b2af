"""The key of `encryption=customer`: one for all that the stack's own resources store.

It outlives the stack and the setting, as what is encrypted with it does.
"""

from collections.abc import Iterable

from aws_cdk import ArnFormat, Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.deploy_settings import DeploySettings

_ID = "Key"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_LOGS = [
    "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey",
]  # fmt: skip
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_QUEUES = ["kms:Decrypt", "kms:GenerateDataKey"]
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_TABLE = [
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]  # fmt: skip
# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3
_OBJECTS = ["kms:Decrypt", "kms:GenerateDataKey"]

# https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
_RECORDS = ["kms:GenerateDataKey"]


def customer_key(scope: Construct, settings: DeploySettings) -> kms.Key | None:
    """Return the stack's key, or None where AWS's own keys encrypt."""
    if settings.encryption == "aws-managed":
        return None
    stack = Stack.of(scope)
    found = stack.node.try_find_child(_ID)
    return found if isinstance(found, kms.Key) else _new(stack)


def let_use_queues(scope: Construct, settings: DeploySettings, *roles: iam.Role) -> None:
    """Let the functions send to the queues, and read what waits there."""
    _let(scope, settings, roles, _QUEUES, "sqs")


def let_use_table(scope: Construct, settings: DeploySettings, *roles: iam.Role) -> None:
    """Let the functions use the endpoint table: DynamoDB asks for the key in the caller's name."""
    _let(scope, settings, roles, _TABLE, "dynamodb")


def let_put_records(scope: Construct, settings: DeploySettings, *roles: iam.Role) -> None:
    """Let the functions put records into the event stream."""
    _let(scope, settings, roles, _RECORDS, "kinesis")


def let_write_objects(scope: Construct, settings: DeploySettings, *roles: iam.Role) -> None:
    """Let Firehose write to the lake's bucket."""
    _let(scope, settings, roles, _OBJECTS, "s3")


def _let(
    scope: Construct,
    settings: DeploySettings,
    roles: Iterable[iam.Role],
    actions: list[str],
    service: str,
) -> None:
    """Allow it in the policy of the key, and not in the roles'.

    CloudFormation updates what is encrypted after the key and before the policies of roles, and a
    message that waits stays encrypted with the key that the queue had, which has this policy also
    when it is no longer the stack's.
    """
    if key := customer_key(scope, settings):
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ArnPrincipal(role.role_arn) for role in roles],
                actions=actions,
                resources=["*"],  # of a key's own policy: this key
                conditions={
                    "StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.{Aws.URL_SUFFIX}"}
                },
            )
        )


def _new(stack: Stack) -> kms.Key:
    key = kms.Key(
        stack,
        _ID,
        description=f"What the gateway {stack.stack_name} stores",
        enable_key_rotation=True,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    logs = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name="*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
            actions=_LOGS,
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        )
    )
    return key
