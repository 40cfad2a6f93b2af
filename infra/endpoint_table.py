"""The DynamoDB table of the endpoints, new or existing, and the functions' permissions on it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.acknowledge import acknowledge
from infra.deploy_settings import DeploySettings
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
        actions = ("dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:Query")
        self._table.grant(function, *actions)
        acknowledge(
            function.own_role,
            f"IAM5[Resource::{self._arn_for_nag()}/index/*]",
            "The indexes belong to this table and hold only keys.",
        )

    def grant_delete(self, function: PutEventsFunction) -> None:
        """Allow a function to delete endpoints, and to put tombstones in their places."""
        self._table.grant(function, "dynamodb:DeleteItem", "dynamodb:PutItem")

    def _arn_for_nag(self) -> str:
        """The table's ARN as cdk-nag writes it in the names of its findings."""
        if self._is_existing:
            parts = "arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table"
            return f"{parts}/{self.table_name}"
        resource = self._table.node.default_child
        return f"<{self._table.stack.get_logical_id(resource)}.Arn>"  # type: ignore[arg-type]


def _new_table(
    scope: Construct, settings: DeploySettings, removal_policy: RemovalPolicy
) -> dynamodb.Table:
    # A table and each of its indexes have limits and a warm throughput of their own.
    writes, reads = settings.table_max_writes or None, settings.table_max_reads or None
    warm = _warm_throughput(settings)
    table = dynamodb.Table(
        scope,
        "Table",
        partition_key=_text(PARTITION_KEY),
        sort_key=_text(SORT_KEY),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.DEFAULT,
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
    return table


def _warm_throughput(settings: DeploySettings) -> dynamodb.WarmThroughput | None:
    reads, writes = settings.table_warm_reads or None, settings.table_warm_writes or None
    if not reads and not writes:
        return None
    return dynamodb.WarmThroughput(read_units_per_second=reads, write_units_per_second=writes)


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
