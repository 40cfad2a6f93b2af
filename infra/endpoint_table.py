"""The DynamoDB table of the endpoints, new or existing, and the functions' permissions on it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.acknowledge import NIST, acknowledge
from infra.deploy_settings import DeploySettings
from infra.encryption import customer_key, let_use_table
from infra.function import PutEventsFunction
from infra.table_backup import TableBackup

# As putevents.destinations.lake.dynamodb has them: a partition is an endpoint, not an application.
PARTITION_KEY, SORT_KEY = "endpoint_id", "application_id"
EXPIRES = "expires"  # of what is left of a deleted item
# The indexes that it queries, with their partition keys.
INDEXES = {"by_user": "user_id", "by_address": "address"}


class EndpointTable(Construct):
    """A table keyed by endpoint and application, with indexes by user and by address."""

    def __init__(
        self, scope: Construct, id: str, *, settings: DeploySettings, removal_policy: RemovalPolicy
    ) -> None:
        super().__init__(scope, id)
        self._settings = settings
        self._is_existing = settings.existing_endpoint_table is not None
        self._table = (
            dynamodb.Table.from_table_attributes(
                self, "Existing", table_name=settings.table_name, global_indexes=list(INDEXES)
            )
            if self._is_existing
            else _new_table(self, settings, removal_policy)
        )
        if settings.table_backup_days:
            TableBackup(self, "Backup", table=self._table, days=settings.table_backup_days)

    @property
    def table_name(self) -> str:
        """The name that the functions call it by."""
        return self._table.table_name

    def grant_update(self, function: PutEventsFunction) -> None:
        """Allow a function to read and update endpoints."""
        # Not `grant`, which would allow all of it on `index/*` too.
        items = ["dynamodb:BatchGetItem", "dynamodb:UpdateItem"]
        indexes = [f"{self._table.table_arn}/index/{name}" for name in INDEXES]
        for actions, resources in (
            (items, [self._table.table_arn]),
            (["dynamodb:Query"], indexes),
        ):
            function.add_to_role_policy(iam.PolicyStatement(actions=actions, resources=resources))
        if not self._is_existing:
            let_use_table(self, self._settings, function.own_role)

    def grant_delete(self, function: PutEventsFunction) -> None:
        """Allow a function to delete endpoints, and to put tombstones in their places."""
        actions = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
        function.add_to_role_policy(
            iam.PolicyStatement(actions=actions, resources=[self._table.table_arn])
        )


def _new_table(
    scope: Construct, settings: DeploySettings, removal_policy: RemovalPolicy
) -> dynamodb.Table:
    key = customer_key(scope, settings)
    # A table and each of its indexes have limits and a warm throughput of their own.
    writes, reads = settings.table_max_writes or None, settings.table_max_reads or None
    warm = _warm_throughput(settings)
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=_text(PARTITION_KEY),
        sort_key=_text(SORT_KEY),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=(
            dynamodb.TableEncryption.CUSTOMER_MANAGED if key else dynamodb.TableEncryption.DEFAULT
        ),
        encryption_key=key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute=EXPIRES,
        deletion_protection=settings.table_deletion_protection,
        removal_policy=removal_policy,
        max_write_request_units=writes,
        max_read_request_units=reads,
        warm_throughput=warm,
    )
    for name, attribute in INDEXES.items():
        table.add_global_secondary_index(
            index_name=name,
            partition_key=_text(attribute),
            sort_key=_text(SORT_KEY),
            # Keys only: a write that changes no key does not write the index.
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            max_write_request_units=writes,
            max_read_request_units=reads,
            warm_throughput=warm,
        )
    if not settings.table_backup_days:
        acknowledge(
            table,
            "DynamoDBInBackupPlan",
            "Point-in-time recovery keeps 35 days; tableBackupDays adds daily backups.",
            [NIST],
        )
    return table


def _warm_throughput(settings: DeploySettings) -> dynamodb.WarmThroughput | None:
    reads, writes = settings.table_warm_reads or None, settings.table_warm_writes or None
    if not reads and not writes:
        return None
    return dynamodb.WarmThroughput(read_units_per_second=reads, write_units_per_second=writes)


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
